import { setImmediate as nextTurn } from "node:timers/promises";
import { expect, test } from "vitest";
import { setCompression, setSlowConsumerPolicy, setWriteWait } from "wsgen-runtime";
import { heldBytes } from "../support/held-memory.js";
import { RawClient } from "../support/raw-client.js";
import { startTarget } from "../support/target-server.js";

const mebibyte = 2 ** 20;
const peers = 40;

test.each<[string, Parameters<typeof startTarget>[0] & object]>([
  ["are closed", {}],
  ["lose the newest", { config: [setSlowConsumerPolicy("drop-newest")] }],
  ["lose the oldest", { config: [setSlowConsumerPolicy("drop-oldest")] }],
  ["are closed, compressed", { config: [setCompression({ threshold: 0 })] }],
])(
  "a broadcast of 48 MiB to peers that never read, which %s, costs bounded memory",
  async (_title, definition) => {
    const config = [...(definition.config ?? []), setWriteWait(60)];
    const target = await startTarget({ ...definition, config });
    const headers = { "Sec-WebSocket-Extensions": "permessage-deflate" };
    const clients = await Promise.all(
      Array.from({ length: peers }, () => RawClient.open(target.url, { headers })),
    );
    for (const client of clients) client.stopReading();
    const { all } = target.server.serve.module("test");
    const before = heldBytes();
    let most = 0;
    for (let count = 0; count < 48; count++) {
      all.send(Buffer.alloc(mebibyte, count));
      for (let turn = 0; turn < 5; turn++) await nextTurn();
      if (count % 8 === 7) most = Math.max(most, heldBytes() - before);
    }
    expect(most).toBeLessThan(32 * mebibyte);
    for (const client of clients) client.reset();
    await target.expectUnharmed();
    await target.close();
  },
);
