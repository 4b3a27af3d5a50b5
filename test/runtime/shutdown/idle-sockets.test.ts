import { once } from "node:events";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { setHandshakeTimeout, setHttpRoutes, setTls } from "wsgen-runtime";
import { dial, formatRequest } from "../server/http-exchange.js";
import { inTime } from "../support/leak-check.js";
import { RawClient } from "../support/raw-client.js";
import { startTarget } from "../support/target-server.js";

/** Far above what a shutdown without anything to wait for takes, far below what it is told to wait. */
const promptMs = 20_000;
const patience = { deadlineMs: 60_000 };

const certificate = (name: string) =>
  fileURLToPath(new URL(`../server/certificates/${name}.pem`, import.meta.url));
const tls = setTls({ certFile: certificate("cert"), keyFile: certificate("key") });

async function start(isSecure = false) {
  const routes = setHttpRoutes((router) => {
    router.get("/hello", (ctx) => {
      ctx.body = "hello";
    });
  });
  return startTarget({ config: [setHandshakeTimeout(60), routes, ...(isSecure ? [tls] : [])] });
}

const hello = "GET /test/hello HTTP/1.1\r\nHost: localhost\r\n\r\n";
const post = "POST /test/hello HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n";

describe.each([false, true])("with TLS: %s", (isSecure) => {
  test.each<[string, string, boolean]>([
    ["that has said nothing, as browsers open in advance", "", false],
    ["in the middle of its first request", formatRequest({}).slice(0, 50), false],
    ["in the middle of its second request", hello + hello.slice(0, 20), true],
    ["in the middle of a body whose request has its answer", `${post}body`, true],
  ])("a socket %s does not hold up a shutdown", async (_title, bytes, isAnswered) => {
    const target = await start(isSecure);
    const client = new RawClient(target.url);
    await once(client.socket, isSecure ? "secureConnect" : "connect");
    client.send(Buffer.from(bytes));
    if (isAnswered)
      await client.until(() => client.answer.endsWith("\r\n\r\nhello") || client.answer.includes("405"));
    await (await RawClient.open(target.url)).socket.destroy();
    const begunMs = performance.now();
    await target.server.serve.close(patience);
    expect(performance.now() - begunMs).toBeLessThan(promptMs);
    await client.ended;
    await target.close();
  });
});

test.each(["", "\x16\x03\x01"])("nor does one whose TLS handshake has come as far as %j", async (bytes) => {
  const target = await start(true);
  const client = new RawClient(target.url.replace("wss:", "ws:"));
  await once(client.socket, "connect");
  client.send(Buffer.from(bytes));
  await (await RawClient.open(target.url)).socket.destroy();
  const begunMs = performance.now();
  await target.server.serve.close(patience);
  expect(performance.now() - begunMs).toBeLessThan(promptMs);
  await client.ended;
  await target.close();
});

test("nor does one that is kept alive after a plain request", async () => {
  const target = await start();
  const socket = connect({ port: Number(new URL(target.url).port), host: "127.0.0.1" });
  socket.write("GET /test/hello HTTP/1.1\r\nHost: localhost\r\n\r\n");
  await once(socket, "data");
  const closed = once(socket, "close");
  const begunMs = performance.now();
  await target.server.serve.close(patience);
  expect(performance.now() - begunMs).toBeLessThan(promptMs);
  await closed;
  await target.close();
});

test("a plain request that is being answered is waited for", async () => {
  let goOn = () => {};
  let begin = () => {};
  const begun = new Promise<void>((resolve) => {
    begin = resolve;
  });
  const routes = setHttpRoutes((router) => {
    router.get("/slow", async (ctx) => {
      begin();
      await new Promise<void>((resolve) => {
        goOn = resolve;
      });
      ctx.body = "done";
    });
  });
  const target = await startTarget({ config: [routes] });
  const socket = await dial(target.url);
  socket.write("GET /test/slow HTTP/1.1\r\nHost: localhost\r\n\r\n");
  await begun;
  const closing = target.server.serve.close(patience);
  const answer = text(socket);
  goOn();
  // Well below the 5 s for which Node keeps a socket that was answered.
  await inTime(closing, "the end of the shutdown", 3_000);
  expect(await answer).toContain("done");
  await target.close();
});
