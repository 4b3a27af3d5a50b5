// Yours: created once by wsgen, never touched again.
import type { CommandContext, ICommand, SetCommandConfig } from "wsgen-runtime";
import type { Message } from "../../../schemas.gen.js";
import { type SayReply, type SayRequest, sayOptions } from "../chat.gen.js";
import type { History } from "../history.js";

/** Send a text to everybody in a room. */
export class SayCommand implements ICommand<SayRequest, SayReply> {
  readonly #history: History;

  constructor(history: History) {
    this.#history = history;
  }

  getCommand(): string {
    return "say";
  }

  /** The options of the spec; add your own behind them, the last one wins. */
  getConfigOption(): SetCommandConfig[] {
    return [...sayOptions];
  }

  async execute(ctx: CommandContext, { room, text }: SayRequest): Promise<SayReply> {
    const from = ctx.get<string>("name") ?? "somebody";
    const message: Message = { room, from, text, sentAt: new Date().toISOString() };
    this.#history.add(message);
    const { delivered } = ctx.module.room(room).except(ctx).emit("message", message);
    return { delivered };
  }
}
