// Yours: wsgen creates this file once; only `rename` and `remove` edit it later.
import { type ICommand, NotImplementedError, type SetCommandConfig } from "wsgen-runtime";
import { type ChatCommandContext, sayOptions, type SayReply, type SayRequest } from "../chat.gen.js";

/** Send a text to everybody in a room. */
export class SayCommand implements ICommand<SayRequest, SayReply, ChatCommandContext> {
  getCommand(): string {
    return "say";
  }

  /** The options of the spec. Add your own after them; the last one wins. */
  getConfigOption(): SetCommandConfig[] {
    return [...sayOptions];
  }

  async execute(_ctx: ChatCommandContext, _data: SayRequest): Promise<SayReply> {
    throw new NotImplementedError("say");
  }
}
