/** From this many bytes on, the words are worth their view. */
const worthWords = 64;

const turnedMask = new Uint8Array(4);
const maskWord = new Int32Array(turnedMask.buffer);

/**
 * Applies the mask of four bytes at `mask` to the bytes from `start` to `end`, in place (RFC 6455 §5.3); applied twice it
 * is gone again.
 */
export function applyMask(bytes: Buffer, mask: number, start: number, end: number): void {
  if (end - start < worthWords) {
    applyToBytes(bytes, mask, start, start, end);
    return;
  }
  const misplaced = (bytes.byteOffset + start) & 3;
  const firstWord = start + ((4 - misplaced) & 3);
  const afterWords = firstWord + ((end - firstWord) & ~3);
  applyToBytes(bytes, mask, start, start, firstWord);
  for (let at = 0; at < 4; at++) turnedMask[at] = bytes[mask + ((firstWord - start + at) & 3)] as number;
  const word = maskWord[0] as number;
  const words = new Int32Array(bytes.buffer, bytes.byteOffset + firstWord, (afterWords - firstWord) >> 2);
  for (let at = 0; at < words.length; at++) words[at] = (words[at] as number) ^ word;
  applyToBytes(bytes, mask, start, afterWords, end);
}

function applyToBytes(bytes: Buffer, mask: number, start: number, from: number, end: number): void {
  for (let at = from; at < end; at++) {
    bytes[at] = (bytes[at] as number) ^ (bytes[mask + ((at - start) & 3)] as number);
  }
}
