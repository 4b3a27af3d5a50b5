import type { Payload } from "../protocol/codec.js";
import { frameForMany } from "./frame.js";
import type { Delivery } from "./waiting-messages.js";

/** What a message has beside its payload. */
export interface MessageOptions {
  /** Undefined: the module's threshold decides. */
  readonly compress?: boolean | undefined;
  /** Undefined: the module's policy for slow consumers holds. */
  readonly delivery?: Delivery | undefined;
  /** The stream in which it has a place, by the replayer's key. */
  readonly stream?: string | undefined;
}

/** One message for many receivers: serialised once, framed once, the same buffer for each of them. */
export class PreparedMessage {
  readonly payload: Payload;
  readonly compress: boolean | undefined;
  readonly delivery: Delivery | undefined;
  readonly stream: string | undefined;
  #frame: Buffer | undefined;

  constructor(payload: Payload, { compress, delivery, stream }: MessageOptions = {}) {
    this.payload = payload;
    this.compress = compress;
    this.delivery = delivery;
    this.stream = stream;
  }

  get frame(): Buffer {
    this.#frame ??= frameForMany(this.payload);
    return this.#frame;
  }

  /** In bytes. */
  get length(): number {
    return Buffer.byteLength(this.payload);
  }
}
