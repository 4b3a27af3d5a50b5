// Yours: wsgen creates this file once; only `rename` and `remove` edit it later.
import type { CommandContext, ICommand, SetCommandConfig } from "wsgen-runtime";
import type { Store } from "../../../store.js";
import { accountErrors, type LoginReply, type LoginRequest, loginOptions } from "../account.gen.js";

export class LoginCommand implements ICommand<LoginRequest, LoginReply> {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  getCommand(): string {
    return "login";
  }

  /** The options of the spec. Add your own after them; the last one wins. */
  getConfigOption(): SetCommandConfig[] {
    return [...loginOptions];
  }

  async execute(_ctx: CommandContext, { name, password }: LoginRequest): Promise<LoginReply> {
    const token = await this.#store.login(name, password);
    if (token === undefined) throw accountErrors.wrongPassword();
    return { token };
  }
}
