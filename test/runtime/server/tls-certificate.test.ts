import { execFile } from "node:child_process";
import { generateKeyPairSync, X509Certificate } from "node:crypto";
import { once } from "node:events";
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "node:tls";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ConfigurationError, newWebsocketServe, setLogger, setTls } from "wsgen-runtime";
import { connectClient, fakeTime, startModules } from "wsgen-runtime/testing";
import { defineModule, ping } from "../serve/define-module.js";
import { recordingLogger } from "../support/recording-logger.js";

const shipped = (name: string) => fileURLToPath(new URL(`certificates/${name}.pem`, import.meta.url));
const pem = (name: string) => readFileSync(shipped(name));
const half = (name: string) => pem(name).subarray(0, pem(name).length / 2);
const idOf = (name: string) => new X509Certificate(pem(name)).fingerprint256;
const expires = new Date(new X509Certificate(pem("renewed-cert")).validTo).toISOString();

let folder: string;
let files: { certFile: string; keyFile: string };
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "wsgen-tls-"));
  files = { certFile: join(folder, "cert.pem"), keyFile: join(folder, "key.pem") };
  put("cert", "key");
});
afterEach(() => rmSync(folder, { recursive: true }));

function put(cert: string, key: string): void {
  copyFileSync(shipped(cert), files.certFile);
  copyFileSync(shipped(key), files.keyFile);
}

/** The certificate that a new connection gets. */
async function presented({ port }: { port: number }): Promise<string> {
  const socket = connect({ port, host: "127.0.0.1", rejectUnauthorized: false });
  await once(socket, "secureConnect");
  const { fingerprint256 } = socket.getPeerCertificate();
  socket.destroy();
  return fingerprint256;
}

async function start(tls: object = {}) {
  const logger = recordingLogger();
  const config = [setTls({ ...files, ...tls }), setLogger(logger)];
  const server = await startModules(defineModule({ config, commands: [ping] }));
  const { serve } = server;
  const address = { port: serve.ports[0] ?? 0 };
  const lines = () => logger.lines.filter(({ message }) => message?.startsWith("TLS certificate"));
  return { server, serve, address, lines, [Symbol.asyncDispose]: () => server.close() };
}

const renewed = { level: "info", message: "TLS certificate renewed" };
const kept = { level: "error", message: "TLS certificate not renewed, keeping the current one" };

describe("reloadTls", () => {
  test("gives new connections the new certificate, and leaves open ones alone", async () => {
    await using running = await start();
    const { serve, address, lines } = running;
    const ca = pem("cert");
    const client = await connectClient(running.server.url("/test/ws"), { ca });
    await serve.reloadTls();
    expect(lines()).toEqual([]);
    put("renewed-cert", "renewed-key");
    expect(await presented(address)).toBe(idOf("cert"));
    await serve.reloadTls();
    expect(await presented(address)).toBe(idOf("renewed-cert"));
    expect(lines()).toMatchObject([{ ...renewed, fields: { certFile: files.certFile, expires } }]);
    await expect(connectClient(running.server.url("/test/ws"), { ca })).rejects.toThrow();
    expect(await client.request("ping")).toEqual({ ping: "pong" });
  });

  test("trusts the clients of the new authorities, and no others", async () => {
    const caFile = join(folder, "clients.pem");
    copyFileSync(shipped("cert"), caFile);
    await using running = await start({ caFile, requestCert: true });
    const url = running.server.url("/test/ws");
    const connectAs = (name: string) =>
      connectClient(url, { ca: pem("cert"), cert: pem(`${name}cert`), key: pem(`${name}key`) });
    await connectAs("");
    await expect(connectAs("renewed-")).rejects.toThrow();
    copyFileSync(shipped("renewed-cert"), caFile);
    await running.serve.reloadTls();
    await connectAs("renewed-");
    await expect(connectAs("")).rejects.toThrow();
  });

  const otherKind = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
    publicKeyEncoding: { type: "spki", format: "pem" },
  }).privateKey;
  const unusable: readonly (readonly [string, Record<string, Buffer | string | undefined>, RegExp])[] = [
    ["half a certificate", { certFile: half("renewed-cert") }, /cert\.pem: /],
    ["half a chain", { certFile: Buffer.concat([pem("cert"), half("renewed-cert")]) }, /cert\.pem: /],
    ["an empty certificate", { certFile: "" }, /cert\.pem: /],
    ["half a key", { keyFile: half("key") }, /key\.pem: /],
    ["no key", { keyFile: undefined }, /key\.pem: .*ENOENT/],
    [
      "another certificate than the key's",
      { certFile: pem("renewed-cert") },
      /key\.pem: it is not the key of/,
    ],
    ["a key of another kind", { keyFile: otherKind }, /key\.pem: it is not the key of/],
    ["half of the authorities", { caFile: Buffer.concat([pem("cert"), half("renewed-cert")]) }, /ca\.pem: /],
    ["authorities that are none", { caFile: "none" }, /ca\.pem: /],
  ];
  describe.each(unusable)("with %s", (_what, contents, reason) => {
    const damage = () => {
      for (const [file, content] of Object.entries(contents)) {
        const path = file === "caFile" ? join(folder, "ca.pem") : files[file as keyof typeof files];
        if (content === undefined) rmSync(path);
        else writeFileSync(path, content);
      }
    };

    test("keeps the one in use, logs one line and rejects", async () => {
      const caFile = join(folder, "ca.pem");
      copyFileSync(shipped("cert"), caFile);
      await using running = await start({ caFile });
      damage();
      const reload = running.serve.reloadTls();
      await expect(reload).rejects.toThrow(ConfigurationError);
      await expect(reload).rejects.toThrow(/^module "test": tls: cannot use \//);
      await expect(reload).rejects.toThrow(reason);
      expect(await presented(running.address)).toBe(idOf("cert"));
      expect(running.lines()).toMatchObject([{ ...kept, fields: { reason: expect.stringMatching(reason) } }]);
    });

    test("a start is refused", async () => {
      const caFile = join(folder, "ca.pem");
      copyFileSync(shipped("cert"), caFile);
      damage();
      const module = defineModule({ port: 0, config: [setTls({ ...files, caFile })] });
      await expect(newWebsocketServe(module)).rejects.toThrow(reason);
    });
  });

  test("renews each port by itself, and names those that keep theirs", async () => {
    const bad = { certFile: join(folder, "bad.pem"), keyFile: shipped("key") };
    copyFileSync(shipped("cert"), bad.certFile);
    const module = (flag: string, port: number, ...config: Parameters<typeof setTls>) =>
      defineModule({ flag, port, config: [setTls(...config)] });
    await using server = await startModules(
      module("one", 1, bad),
      module("two", 2, files),
      module("three", 3, bad),
      defineModule({ flag: "plain", port: 4 }),
    );
    writeFileSync(bad.certFile, "");
    put("renewed-cert", "renewed-key");
    await expect(server.serve.reloadTls()).rejects.toThrow(/"one": .*\. module "three": /);
    const [one = 0, two = 0] = server.serve.ports;
    expect(await presented({ port: one })).toBe(idOf("cert"));
    expect(await presented({ port: two })).toBe(idOf("renewed-cert"));
  });
});

describe("by itself", () => {
  /** Lets time pass until there are so many lines; the files are looked at meanwhile. */
  async function passUntil(isSo: () => boolean, time: ReturnType<typeof fakeTime>): Promise<void> {
    for (let turn = 0; turn < 500 && !isSo(); turn++) await time.advance(5_000);
    expect(isSo()).toBe(true);
  }

  const inOneMinute = () => Date.now() / 1000 + 60;
  const ways: readonly (readonly [string, () => void])[] = [
    [
      "written anew",
      () => {
        put("renewed-cert", "renewed-key");
        utimesSync(files.certFile, inOneMinute(), inOneMinute());
      },
    ],
    [
      "replaced by rename",
      () => {
        for (const name of ["cert", "key"]) {
          copyFileSync(shipped(`renewed-${name}`), join(folder, "new"));
          renameSync(join(folder, "new"), join(folder, `${name}.pem`));
        }
      },
    ],
    [
      "links, as certbot replaces them",
      () => {
        for (const name of ["cert", "key"]) {
          symlinkSync(shipped(`renewed-${name}`), join(folder, "new"));
          renameSync(join(folder, "new"), join(folder, `${name}.pem`));
        }
      },
    ],
  ];

  test.each(ways)("files that are %s", async (_way, replace) => {
    using time = fakeTime();
    await using running = await start();
    await time.advance(20_000);
    replace();
    await passUntil(() => running.lines().length > 0, time);
    expect(running.lines()).toMatchObject([{ ...renewed, fields: { expires } }]);
    expect(await presented(running.address)).toBe(idOf("renewed-cert"));
  });

  test("files behind a folder of links, as Kubernetes replaces them", async () => {
    for (const [name, prefix] of [
      ["old", ""],
      ["new", "renewed-"],
    ] as const) {
      mkdirSync(join(folder, name));
      for (const file of ["cert", "key"])
        copyFileSync(shipped(`${prefix}${file}`), join(folder, name, `${file}.pem`));
    }
    symlinkSync("old", join(folder, "..data"));
    const [certFile, keyFile] = ["cert", "key"].map((file) => join(folder, `mounted-${file}.pem`));
    symlinkSync("..data/cert.pem", String(certFile));
    symlinkSync("..data/key.pem", String(keyFile));
    using time = fakeTime();
    await using running = await start({ certFile, keyFile });
    await time.advance(20_000);
    symlinkSync("new", join(folder, "..next"));
    renameSync(join(folder, "..next"), join(folder, "..data"));
    await passUntil(() => running.lines().length > 0, time);
    expect(running.lines()).toMatchObject([renewed]);
    expect(await presented(running.address)).toBe(idOf("renewed-cert"));
  });

  test("a certificate without its key is reported once, and used once the key is there", async () => {
    using time = fakeTime();
    await using running = await start();
    copyFileSync(shipped("renewed-cert"), files.certFile);
    await passUntil(() => running.lines().length > 0, time);
    await time.advance(60_000);
    expect(running.lines()).toMatchObject([kept]);
    expect(await presented(running.address)).toBe(idOf("cert"));
    copyFileSync(shipped("renewed-key"), files.keyFile);
    await passUntil(() => running.lines().length > 1, time);
    expect(running.lines()).toMatchObject([kept, renewed]);
    expect(await presented(running.address)).toBe(idOf("renewed-cert"));
  });

  test("files that are still being written are left alone, and so are those that are only touched", async () => {
    using time = fakeTime();
    await using running = await start();
    const look = async () => {
      await time.advance(5_000);
      // Behind what the look has asked the file system for.
      for (let turn = 0; turn < 20; turn++) await stat(folder);
    };
    for (let length = 1; length < 40; length++) {
      writeFileSync(files.certFile, pem("cert").subarray(0, length));
      await look();
    }
    put("cert", "key");
    for (let turn = 0; turn < 5; turn++) await look();
    utimesSync(files.keyFile, inOneMinute(), inOneMinute());
    for (let turn = 0; turn < 5; turn++) await look();
    expect(running.lines()).toEqual([]);
  });

  test("is looked at no more after the end", async () => {
    using time = fakeTime();
    const running = await start();
    await running.server.close();
    put("renewed-cert", "renewed-key");
    await time.advance(60_000);
    expect(running.lines()).toEqual([]);
  });

  test("keeps no process alive", async () => {
    const program = `
      import { newWebsocketServe, setTls } from "wsgen-runtime";
      const nothing = { connect() {}, close() {}, disconnect() {}, getCommandList: () => [] };
      const routes = { handshakeURL: () => ["ws"], getModuleFlag: () => "test", getServerPort: () => 0 };
      const options = [setTls(${JSON.stringify(files)})];
      const serve = await newWebsocketServe({ ...nothing, ...routes, getWSServerConfig: () => options });
      await serve.close();`;
    await promisify(execFile)(process.execPath, ["--input-type=module", "-e", program], { timeout: 15_000 });
  });
});
