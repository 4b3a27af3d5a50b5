import type { Payload } from "../protocol/codec.js";
import { frameForMany } from "./frame.js";
import type { Delivery } from "./waiting-messages.js";

/** One message for many receivers: serialised once, framed once, the same buffer for each of them. */
export class PreparedMessage {
  readonly payload: Payload;
  /** Undefined: the module's threshold decides. */
  readonly compress: boolean | undefined;
  /** Undefined: the module's policy for slow consumers holds. */
  readonly delivery: Delivery | undefined;
  #frame: Buffer | undefined;

  constructor(payload: Payload, compress?: boolean, delivery?: Delivery) {
    this.payload = payload;
    this.compress = compress;
    this.delivery = delivery;
  }

  get frame(): Buffer {
    this.#frame ??= frameForMany(this.payload);
    return this.#frame;
  }
}
