// Yours: wsgen creates this file once; only `rename` and `remove` edit it later.
import type { CommandContext, ICommand, SetCommandConfig } from "wsgen-runtime";
import type { People } from "../people.js";
import { type StatusSetReply, type StatusSetRequest, statusSetOptions } from "../presence.gen.js";

/** Tell the others what one is doing. */
export class StatusSetCommand implements ICommand<StatusSetRequest, StatusSetReply> {
  readonly #people: People;

  constructor(people: People) {
    this.#people = people;
  }

  getCommand(): string {
    return "status.set";
  }

  /** The options of the spec. Add your own after them; the last one wins. */
  getConfigOption(): SetCommandConfig[] {
    return [...statusSetOptions];
  }

  async execute(ctx: CommandContext, { status }: StatusSetRequest): Promise<StatusSetReply> {
    this.#people.set(ctx, status);
    return undefined;
  }
}
