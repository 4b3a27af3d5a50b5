// Yours: wsgen edits only imports, list entries, names that you rename with it, and literals that repeat the spec.
import type { ICommand, IWebsocket, SetWSServerConfig } from "wsgen-runtime";
import type { Store } from "../../store.js";
import { accountModuleOptions } from "./account.gen.js";
import { LoginCommand } from "./commands/login.command.js";

/** Tells the server who you are. The token that it returns opens boards. */
export class AccountModule implements IWebsocket {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  async connect(): Promise<void> {}

  async disconnect(): Promise<void> {}

  async close(): Promise<void> {}

  handshakeURL(): string[] {
    return ["ws"];
  }

  getCommandList(): ICommand[] {
    return [new LoginCommand(this.#store)];
  }

  getModuleFlag(): string {
    return "account";
  }

  getServerPort(): number {
    return 10110;
  }

  /** The options of the spec. Add your own after them; the last one wins. */
  getWSServerConfig(): SetWSServerConfig[] {
    return [...accountModuleOptions];
  }
}
