import { once } from "node:events";
import { PassThrough } from "node:stream";
import { finished } from "node:stream/promises";
import { expect, test } from "vitest";
import { endOnce } from "../../../runtime/src/connection/ws-internals/socket-factory.js";

/** Counts how often Node is told to end it. */
class CountedStream extends PassThrough {
  ends = 0;

  override end(...args: unknown[]): this {
    this.ends += 1;
    return super.end(...(args as []));
  }
}

async function endedStream(): Promise<CountedStream> {
  const stream = new CountedStream();
  endOnce(stream);
  const read = once(stream, "data");
  stream.end("last");
  expect(String((await read)[0])).toBe("last");
  await finished(stream);
  return stream;
}

test("a stream that has ended is ended again for nothing", async () => {
  const stream = await endedStream();
  expect(stream.end()).toBe(stream);
  expect(stream.end()).toBe(stream);
  expect(stream.ends).toBe(1);
});

test("a callback gets the error of a stream that has ended", async () => {
  const stream = await endedStream();
  const error = await new Promise<unknown>((resolve) => stream.end(resolve));
  expect(error).toMatchObject({ code: "ERR_STREAM_ALREADY_FINISHED" });
});
