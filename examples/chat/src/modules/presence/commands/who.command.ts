// Yours: wsgen creates this file once; only `rename` and `remove` edit it later.
import type { CommandContext, ICommand, SetCommandConfig } from "wsgen-runtime";
import type { People } from "../people.js";
import { type WhoReply, type WhoRequest, whoOptions } from "../presence.gen.js";

/** Everybody who is here. */
export class WhoCommand implements ICommand<WhoRequest, WhoReply> {
  readonly #people: People;

  constructor(people: People) {
    this.#people = people;
  }

  getCommand(): string {
    return "who";
  }

  /** The options of the spec. Add your own after them; the last one wins. */
  getConfigOption(): SetCommandConfig[] {
    return [...whoOptions];
  }

  async execute(_ctx: CommandContext, _data: WhoRequest): Promise<WhoReply> {
    return { people: this.#people.all() };
  }
}
