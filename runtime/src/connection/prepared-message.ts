import type { Payload } from "../protocol/codec.js";
import { frameForMany } from "./frame.js";

/** One message for many receivers: serialised once, framed once, the same buffer for each of them. */
export class PreparedMessage {
  readonly payload: Payload;
  /** Undefined: the module's threshold decides. */
  readonly compress: boolean | undefined;
  #frame: Buffer | undefined;

  constructor(payload: Payload, compress?: boolean) {
    this.payload = payload;
    this.compress = compress;
  }

  get frame(): Buffer {
    this.#frame ??= frameForMany(this.payload);
    return this.#frame;
  }
}
