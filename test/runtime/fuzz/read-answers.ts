import { FrameReader } from "../support/frame-reader.js";

const headEnd = "\r\n\r\n";

/**
 * Reads what a server sent on one connection: HTTP answers one after the other and, behind a 101, frames and nothing
 * else. An answer that was cut off at the end is left out.
 * @returns the status lines
 * @throws Error where something else stands between or behind the answers
 */
export function readAnswers(bytes: Buffer): string[] {
  const statusLines: string[] = [];
  let rest = bytes;
  while (rest.length > 0) {
    const end = rest.indexOf(headEnd);
    if (!"HTTP/1.1 ".startsWith(rest.toString("latin1", 0, 9))) throw unexpected(rest, statusLines);
    if (end < 0) return statusLines;
    const head = rest.toString("latin1", 0, end);
    statusLines.push(head.split("\r\n")[0] ?? "");
    rest = rest.subarray(end + headEnd.length);
    if (head.startsWith("HTTP/1.1 101 ")) {
      new FrameReader().read(rest);
      return statusLines;
    }
    // The answer to HEAD has the length of a body and no body.
    const isBare = rest.toString("latin1", 0, 9) === "HTTP/1.1 ";
    const body = isBare ? 0 : bodyLength(head, rest);
    if (body === undefined || body > rest.length) return statusLines;
    rest = rest.subarray(body);
  }
  return statusLines;
}

/** Bytes of the body; undefined: it goes on until the connection ends. */
function bodyLength(head: string, rest: Buffer): number | undefined {
  if (/^HTTP\/1\.1 (?:1\d\d|204|304) /.test(head)) return 0;
  const [, length] = /\r\nContent-Length: (\d+)/i.exec(head) ?? [];
  if (length !== undefined) return Number(length);
  if (!/\r\nTransfer-Encoding: chunked/i.test(head)) return undefined;
  const end = rest.indexOf("0\r\n\r\n");
  return end < 0 ? undefined : end + 5;
}

const unexpected = (rest: Buffer, before: readonly string[]): Error =>
  new Error(`behind ${JSON.stringify(before)} came ${JSON.stringify(rest.toString("latin1", 0, 80))}`);
