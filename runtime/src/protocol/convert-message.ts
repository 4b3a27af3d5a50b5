import {
  type Conversion,
  type ConversionStep,
  convert,
  isBytes,
  refuseOtherBytes,
  toSent,
} from "../conversion.js";

/**
 * The value of a message as the code gets it: absent properties have their defaults, and base64 is bytes. Text that is not base64
 * stays text, which the check refuses. Bytes are copies with a buffer of their own, because the frame has other parts, too.
 */
export const convertInbound = (value: unknown, conversion: Conversion): unknown =>
  convert(value, conversion, inbound);

/**
 * The value of the code as the codec encodes it: base64 in place of bytes, unless the codec has bytes.
 * @throws TypeError `not_serializable` for an `ArrayBuffer`, a `DataView` or another view in place of bytes
 */
export const convertOutbound = (value: unknown, conversion: Conversion, hasBytes: boolean): unknown =>
  convert(value, conversion, hasBytes ? outbound : outboundText);

const inbound: ConversionStep = {
  bytes(value) {
    if (typeof value === "string") return decodeBase64(value) ?? value;
    return isBytes(value) ? new Uint8Array(value) : value;
  },
};

const outbound: ConversionStep = {
  bytes: (value, name) => (isBytes(value) ? value : refuseOtherBytes(value, name)),
  open: toSent,
};

const outboundText: ConversionStep = {
  bytes: (value, name) => (isBytes(value) ? encodeBase64(value) : refuseOtherBytes(value, name)),
  open: toSent,
};

const encodeBase64 = ({ buffer, byteOffset, byteLength }: Uint8Array): string =>
  Buffer.from(buffer, byteOffset, byteLength).toString("base64");

/** Base64 with padding (RFC 4648 §4), and nothing else: no line breaks, and no bits after the last byte. Undefined for other text. */
function decodeBase64(text: string): Uint8Array | undefined {
  if (text.length % 4 !== 0) return undefined;
  const padding = text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0;
  const bytes = new Uint8Array((text.length / 4) * 3 - padding);
  const buffer = Buffer.from(bytes.buffer);
  buffer.write(text, "base64");
  // Node skips what is not base64 and reads base64url, too. Only exact text is the same again.
  return buffer.toString("base64") === text ? bytes : undefined;
}
