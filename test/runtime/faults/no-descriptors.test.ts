// A server without a file descriptor left: what it has not loaded yet cannot be read, and that ends nothing.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished } from "vitest";
import { skipUnless } from "../../support/skip-unless.js";

const runtime = new URL("../../../runtime/dist/index.js", import.meta.url).href;
const script = fileURLToPath(new URL("../../packages/echo-server.js", import.meta.url));

skipUnless(process.platform !== "win32", "the server without descriptors", "not on Windows").test(
  "a plain request is refused, and the server lives on",
  async () => {
    const limited = ["-c", 'ulimit -n 80 && exec "$0" "$@"', process.execPath, script, runtime];
    const server = spawn("sh", limited, { stdio: ["ignore", "ignore", "inherit", "ipc"] });
    onTestFinished(() => void server.kill());
    const [port] = (await once(server, "message")) as [number];
    const open = (): Socket => connect(port, "127.0.0.1").on("error", () => undefined);

    const first = open();
    await once(first, "connect");
    const crowd = Array.from({ length: 100 }, open);
    onTestFinished(() => {
      for (const socket of [first, ...crowd]) socket.destroy();
    });
    // Those that find no descriptor are accepted by the kernel, and closed by the server when it is their turn.
    await Promise.race(crowd.map((socket) => once(socket, "close")));

    first.write("GET /nowhere HTTP/1.1\r\nHost: localhost\r\n\r\n");
    const [answer] = (await once(first, "data")) as [Buffer];
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 503 /);
    expect(server.exitCode).toBeNull();
  },
);
