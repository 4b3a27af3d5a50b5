// Yours: created once by wsgen, never touched again.
import { type CommandContext, type ICommand, NotImplementedError, type SetCommandConfig } from "wsgen-runtime";
import { sayOptions, type SayReply, type SayRequest } from "../chat.gen.js";

/** Send a text to everybody in a room. */
export class SayCommand implements ICommand<SayRequest, SayReply> {
  getCommand(): string {
    return "say";
  }

  /** The options of the spec; add your own behind them, the last one wins. */
  getConfigOption(): SetCommandConfig[] {
    return [...sayOptions];
  }

  async execute(_ctx: CommandContext, _data: SayRequest): Promise<SayReply> {
    throw new NotImplementedError("say");
  }
}
