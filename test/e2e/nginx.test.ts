// The nginx configuration of the guide, as it stands there but for its addresses and certificates.
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Mode, setMode, setTrustProxy, use } from "wsgen-runtime";
import { connectClient, startModules, type TestServer } from "wsgen-runtime/testing";
import { readBlocks } from "../docs/read-blocks.js";
import { defineModule, ping } from "../runtime/serve/define-module.js";
import { freePort } from "../support/free-port.js";
import { skipUnless } from "../support/skip-unless.js";

const hasNginx = spawnSync("nginx", ["-v"]).status === 0;
const withNginx = skipUnless(hasNginx, "nginx in front of a server", "apt-get install nginx-light");
const certificate = (name: string) =>
  fileURLToPath(new URL(`../runtime/server/certificates/${name}.pem`, import.meta.url));
const ca = readFileSync(certificate("cert"));

withNginx.describe("a server in product mode behind the nginx of the guide", () => {
  let server: TestServer;
  let nginx: ChildProcess;
  let folder: string;
  let port: number;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "wsgen-nginx-"));
    port = await freePort();
    const tell = use((ctx, next) => {
      ctx.state.seen = [ctx.ip, ctx.protocol, ctx.host];
      return next();
    });
    server = await startModules(
      defineModule({
        flag: "chat",
        config: [setMode(Mode.product), setTrustProxy(1), tell],
        commands: [ping],
        connect: (ctx) => void ctx.send([ctx.remoteAddress, ...(ctx.state.seen as string[])]),
      }),
    );
    nginx = startNginx(folder, port, server.serve.ports[0] ?? 0);
    await isListening();
  });
  afterAll(async () => {
    await server?.close();
    if (nginx?.exitCode === null) {
      const exit = once(nginx, "exit");
      nginx.kill();
      await exit;
    }
    rmSync(folder, { recursive: true, force: true });
  });

  async function isListening(): Promise<void> {
    let errors = "";
    nginx.stderr?.on("data", (chunk) => {
      errors += chunk;
    });
    for (;;) {
      try {
        return await connectAs({}).then(async (client) => void (await client.close()));
      } catch (error) {
        if (nginx.exitCode !== null) throw new Error(`nginx has ended: ${errors}`, { cause: error });
        await wait(50);
      }
    }
  }

  /** From an address of its own, for the server sees nginx at 127.0.0.1. */
  const connectAs = (headers: Record<string, string>) =>
    connectClient(`wss://127.0.0.1:${port}/chat/ws`, { ca, headers, localAddress: "127.0.0.2" });

  test.each([
    ["the name", "chat.example.org", "https://chat.example.org"],
    ["the name and port", "chat.example.org:8443", "https://chat.example.org:8443"],
  ])("a page of its own origin connects: %s", async (_title, host, origin) => {
    const client = await connectAs({ Host: host, Origin: origin });
    expect(await client.next()).toEqual(["127.0.0.2", "127.0.0.2", "https", host]);
    expect(await client.request("ping")).toEqual({ ping: "pong" });
    await client.close();
  });

  test.each([
    ["another host", { Origin: "https://evil.example" }],
    ["another port", { Origin: "https://chat.example.org:8443" }],
    [
      "another host, which the client also claims to have asked for",
      {
        Origin: "https://evil.example",
        "X-Forwarded-Host": "evil.example",
        Forwarded: "host=evil.example",
      },
    ],
  ])("a page of another origin is refused: %s", async (_title, headers) => {
    const refused = connectAs({ Host: "chat.example.org", ...headers });
    await expect(refused).rejects.toMatchObject({ status: 403 });
  });

  test("the client's address is the real one, whatever it claims", async () => {
    const claims = { "X-Forwarded-For": "203.0.113.7", Forwarded: "for=203.0.113.8" };
    const client = await connectAs(claims);
    expect(await client.next()).toEqual(["127.0.0.2", "127.0.0.2", "https", `127.0.0.1:${port}`]);
    await client.close();
  });
});

/** @param toPort the port of the server behind it */
function startNginx(folder: string, port: number, toPort: number): ChildProcess {
  const [block] = readBlocks().filter(({ language }) => language === "nginx");
  const replacements = [
    ["listen 443 ssl", `listen 127.0.0.1:${port} ssl`],
    ["/etc/letsencrypt/live/chat.example.org/fullchain.pem", certificate("cert")],
    ["/etc/letsencrypt/live/chat.example.org/privkey.pem", certificate("key")],
    ["127.0.0.1:10099", `127.0.0.1:${toPort}`],
  ] as const;
  let site = block?.text ?? "";
  for (const [from, to] of replacements) {
    expect(site).toContain(from);
    site = site.replace(from, to);
  }
  const folders = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
    (name) => `${name}_temp_path ${folder}/${name};`,
  );
  const frame = `
    daemon off; master_process off; pid ${folder}/nginx.pid; error_log stderr;
    events {}
    http { access_log off; ${folders.join(" ")}
    ${site}
    }`;
  writeFileSync(join(folder, "nginx.conf"), frame);
  return spawn("nginx", ["-e", "stderr", "-p", folder, "-c", join(folder, "nginx.conf")], {
    stdio: ["ignore", "ignore", "pipe"],
  });
}
