// Yours: wsgen creates this file once; only `rename` and `remove` edit it later.
import { type ICommand, NotImplementedError, type SetCommandConfig } from "wsgen-runtime";
import { type BoardCommandContext, addTaskOptions, type AddTaskReply, type AddTaskRequest } from "../board.gen.js";

/** The command addTask. */
export class AddTaskCommand implements ICommand<AddTaskRequest, AddTaskReply, BoardCommandContext> {
  getCommand(): string {
    return "addTask";
  }

  /** The options of the spec. Add your own after them; the last one wins. */
  getConfigOption(): SetCommandConfig[] {
    return [...addTaskOptions];
  }

  async execute(_ctx: BoardCommandContext, _data: AddTaskRequest): Promise<AddTaskReply> {
    throw new NotImplementedError("addTask");
  }
}
