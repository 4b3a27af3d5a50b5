// Yours: wsgen creates this file once; only `rename` and `remove` edit it later.
import { type ICommand, NotImplementedError, type SetCommandConfig } from "wsgen-runtime";
import { type SayContext, sayOptions, type SayReply, type SayRequest } from "../club.gen.js";

/** The command say. */
export class SayCommand implements ICommand<SayRequest, SayReply, SayContext> {
  getCommand(): string {
    return "say";
  }

  /** The options of the spec. Add your own after them; the last one wins. */
  getConfigOption(): SetCommandConfig[] {
    return [...sayOptions];
  }

  async execute(_ctx: SayContext, _data: SayRequest): Promise<SayReply> {
    throw new NotImplementedError("say");
  }
}
