// Yours: wsgen creates this file once; only `rename` and `remove` edit it later.
import { randomUUID } from "node:crypto";
import type { ICommand, SetCommandConfig } from "wsgen-runtime";
import type { Message } from "../../../schemas.gen.js";
import {
  type ChatCommandContext,
  chatErrors,
  chatEvents,
  type SayReply,
  type SayRequest,
  sayOptions,
} from "../chat.gen.js";
import type { ChatState } from "../chat.module.js";
import type { History } from "../history.js";

/** Send a text to everybody in a room. */
export class SayCommand implements ICommand<SayRequest, SayReply, ChatCommandContext<ChatState>> {
  readonly #history: History;

  constructor(history: History) {
    this.#history = history;
  }

  getCommand(): string {
    return "say";
  }

  /** The options of the spec. Add your own after them; the last one wins. */
  getConfigOption(): SetCommandConfig[] {
    return [...sayOptions];
  }

  async execute(ctx: ChatCommandContext<ChatState>, { room, text }: SayRequest): Promise<SayReply> {
    if (!ctx.rooms.has(room)) throw chatErrors.notInRoom({ room });
    const { name: from } = ctx.state;
    const message: Message = { id: randomUUID(), room, from, text, sentAt: new Date().toISOString() };
    this.#history.add(message);
    const { delivered } = chatEvents(ctx).message.room(room).emit(message);
    return { id: message.id, delivered };
  }
}
