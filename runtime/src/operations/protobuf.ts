/** A field of a Protocol Buffers message: its number and its value as it is encoded. */
export type Field = Uint8Array;

/** An integer; 0 is the default and need not be written. */
export const integerField = (number: number, value: number | bigint): Field =>
  Buffer.from([...varint(number << 3), ...varint(value)]);

/** Integers without a key for each (`packed`). */
export const integersField = (number: number, values: readonly number[]): Field =>
  bytesField(number, Buffer.from(values.flatMap(varint)));

export const textField = (number: number, value: string): Field => bytesField(number, Buffer.from(value));

export const messageField = (number: number, fields: readonly Field[]): Field =>
  bytesField(number, Buffer.concat(fields));

const lengthDelimited = 2;

const bytesField = (number: number, value: Buffer): Field =>
  Buffer.concat([Buffer.from([...varint((number << 3) | lengthDelimited), ...varint(value.length)]), value]);

/** Seven bits per byte, the lowest first; the high bit says that more follow. */
function varint(value: number | bigint): number[] {
  const bytes: number[] = [];
  let rest = BigInt(value);
  while (rest > 0x7fn) {
    bytes.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  bytes.push(Number(rest));
  return bytes;
}
