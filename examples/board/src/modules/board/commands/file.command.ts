// Yours: wsgen creates this file once; only `rename` and `remove` edit it later.
import type { ICommand, SetCommandConfig } from "wsgen-runtime";
import type { Store } from "../../../store.js";
import {
  boardErrors,
  type FileContext,
  type FileReply,
  type FileRequest,
  fileOptions,
} from "../board.gen.js";
import type { BoardState } from "../board.module.js";

/** The file of a card. */
export class FileCommand implements ICommand<FileRequest, FileReply, FileContext<BoardState>> {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  getCommand(): string {
    return "file";
  }

  /** The options of the spec. Add your own after them; the last one wins. */
  getConfigOption(): SetCommandConfig[] {
    return [...fileOptions];
  }

  async execute(ctx: FileContext<BoardState>, { number }: FileRequest): Promise<FileReply> {
    const file = this.#store.findFile(ctx.params.board, number);
    if (file === undefined) throw boardErrors.noFile();
    return { name: file.name, content: file.content };
  }
}
