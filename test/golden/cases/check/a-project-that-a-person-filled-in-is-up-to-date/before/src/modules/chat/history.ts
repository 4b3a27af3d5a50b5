import type { Message } from "../../schemas.gen.js";

const keptPerRoom = 100;

/** The last messages of every room, in memory. */
export class History {
  readonly #rooms = new Map<string, Message[]>();

  add(message: Message): void {
    const messages = this.#rooms.get(message.room) ?? [];
    this.#rooms.set(message.room, [...messages, message].slice(-keptPerRoom));
  }

  /** The last messages of a room, oldest first. */
  last(room: string, limit: number): Message[] {
    return this.#rooms.get(room)?.slice(-limit) ?? [];
  }
}
