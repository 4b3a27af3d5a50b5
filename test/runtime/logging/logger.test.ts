import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { promisify } from "node:util";
import { pino } from "pino";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { resolveModuleConfig } from "../../../runtime/src/config/module-config.js";
import {
  enableConsoleLog,
  setLogger,
  setLogLevel,
  setLogRedaction,
  setWSServerLogEnable,
} from "../../../runtime/src/config/module-options.js";
import type { SetWSServerConfig } from "../../../runtime/src/contract.js";
import { createModuleLogger } from "../../../runtime/src/logging/logger.js";
import { skipUnless } from "../../support/skip-unless.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "wsgen-log-"));
});
afterEach(() => {
  vi.useRealTimers();
  rmSync(folder, { recursive: true, force: true });
});

const create = (...options: SetWSServerConfig[]) =>
  createModuleLogger("chat", resolveModuleConfig("chat", [enableConsoleLog(false), ...options]));
const setTime = (...time: [number, number, number, number]) =>
  vi.useFakeTimers({ toFake: ["Date"], now: new Date(...time) });
const linesOf = (file: string, path = folder): Record<string, unknown>[] =>
  readFileSync(join(path, file), "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));

describe("a log file", () => {
  it("setLogFile: the file is created with its folder, named by time and module", async () => {
    setTime(2021, 3, 22, 22);
    const { logger, close } = create(setWSServerLogEnable(join(folder, "deep", "logs")));
    logger.info({ size: 3 }, "hello");
    await close();
    expect(linesOf("deep/logs/2021-04-22-22-chat.log")).toEqual([
      { level: "info", time: new Date(2021, 3, 22, 22).toISOString(), module: "chat", size: 3, msg: "hello" },
    ]);
  });

  it("setLogFile: the file is rotated between two lines, each line in the file of its own hour", async () => {
    setTime(2021, 3, 22, 22);
    const { logger, close } = create(setWSServerLogEnable(folder, "test.log", "info", "hour"));
    logger.info({}, "first");
    setTime(2021, 3, 22, 23);
    logger.info({}, "second");
    logger.info({}, "third");
    await close();
    expect(readdirSync(folder)).toEqual(["2021-04-22-22-test.log", "2021-04-22-23-test.log"]);
    expect(linesOf("2021-04-22-22-test.log").map(({ msg }) => msg)).toEqual(["first"]);
    expect(linesOf("2021-04-22-23-test.log").map(({ msg }) => msg)).toEqual(["second", "third"]);
  });

  it("is appended to, also after it was closed", async () => {
    setTime(2021, 3, 22, 22);
    writeFileSync(join(folder, "2021-test.log"), '{"msg":"from before"}\n');
    const { logger, close, flush } = create(setWSServerLogEnable(folder, "test.log", "info", "year"));
    logger.info({}, "first");
    await close();
    logger.info({}, "second");
    await flush();
    expect(linesOf("2021-test.log").map(({ msg }) => msg)).toEqual(["from before", "first", "second"]);
    await close();
  });

  it("setLogLevel: the log has only this level and more severe ones", async () => {
    setTime(2021, 3, 22, 22);
    const { logger, close } = create(setWSServerLogEnable(folder, "test.log", "warn", "year"));
    for (const level of ["debug", "info", "warn", "error", "fatal"] as const) logger[level]({}, level);
    await close();
    expect(linesOf("2021-test.log").map(({ level }) => level)).toEqual(["warn", "error", "fatal"]);
  });

  it.each(["dpanic", "panic"] as const)("at level %s leaves out errors", async (level) => {
    setTime(2021, 3, 22, 22);
    const { logger, close } = create(setWSServerLogEnable(folder, "test.log", level, "year"));
    logger.error({}, "error");
    logger.fatal({}, "fatal");
    await close();
    expect(linesOf("2021-test.log").map(({ msg }) => msg)).toEqual(["fatal"]);
  });

  it("setLogLevel: the log has a warning about an unknown level", async () => {
    setTime(2021, 3, 22, 22);
    const { close } = create(setWSServerLogEnable(folder, "test.log", "chatty" as "info", "year"));
    await close();
    expect(linesOf("2021-test.log")).toMatchObject([
      { level: "warn", msg: "unknown log level chatty; debug is used" },
    ]);
  });

  it("setLogRedaction: the log has no value at a redacted path, in child loggers too", async () => {
    setTime(2021, 3, 22, 22);
    const log = setWSServerLogEnable(folder, "test.log", "info", "year");
    const { logger, close } = create(log, setLogRedaction(["data.password", "*.token"]));
    logger.child({ connection: "c1" }).info({ data: { password: "hunter2", user: "eve", token: "t" } }, "up");
    await close();
    expect(linesOf("2021-test.log")).toMatchObject([
      { connection: "c1", data: { password: "[Redacted]", user: "eve", token: "[Redacted]" } },
    ]);
  });

  it("is whole and in order after ten thousand lines", async () => {
    setTime(2021, 3, 22, 22);
    const { logger, close } = create(setWSServerLogEnable(folder, "test.log", "info", "year"));
    for (let index = 0; index < 10_000; index += 1) logger.info({ index, text: "é".repeat(20) }, "line");
    await close();
    expect(linesOf("2021-test.log").map(({ index }) => index)).toEqual([...Array(10_000).keys()]);
  });
});

describe("a module logger", () => {
  it("refuses a redaction path that cannot be read, with the module's name", () => {
    expect(() => create(setLogRedaction(["a["]))).toThrow(/^module "chat": logRedact: .*a\[/);
  });

  it("setLogger: lines go to the injected logger, and to nothing else", async () => {
    const lines: unknown[] = [];
    const injected = pino({ level: "debug" }, { write: (line: string) => void lines.push(JSON.parse(line)) });
    const { logger, close } = create(
      setLogger(injected),
      setWSServerLogEnable(folder),
      setLogLevel("odd" as "info"),
    );
    logger.info({}, "hello");
    await close();
    expect(lines).toMatchObject([
      { module: "chat", level: 40 },
      { module: "chat", msg: "hello" },
    ]);
    expect(readdirSync(folder)).toEqual([]);
  });

  it("enableConsoleLog: without it and without a file, nothing is written", async () => {
    const { logger, flush } = create();
    logger.fatal({}, "silent");
    await flush();
  });
});

/** A program on the built runtime. */
const sourceOf = (program: string): string => `
    import { createModuleLogger } from "${import.meta.dirname}/../../../runtime/dist/logging/logger.js";
    import { resolveModuleConfig } from "${import.meta.dirname}/../../../runtime/dist/config/module-config.js";
    import * as options from "${import.meta.dirname}/../../../runtime/dist/config/module-options.js";
    const create = (...list) => createModuleLogger("chat", resolveModuleConfig("chat", list));
    ${program}`;

/** Runs it in a process of its own. */
const run = (program: string): Promise<{ stdout: string; stderr: string }> =>
  promisify(execFile)(process.execPath, ["--input-type=module", "--eval", sourceOf(program)]);

describe("at the end of the process", () => {
  it("enableConsoleLog: every line is in the file and on the terminal, even after process.exit", async () => {
    const { stdout } = await run(`
      const { logger } = create(options.setWSServerLogEnable(${JSON.stringify(folder)}, "a.log", "info", "year"));
      for (let index = 0; index < 5000; index += 1) logger.info({ index }, "line");
      setImmediate(() => { logger.info({ index: 5000 }, "last"); process.exit(0); });
    `);
    const expected = [...Array(5001).keys()];
    const [file = ""] = readdirSync(folder);
    const indexes = (lines: Record<string, unknown>[]) =>
      lines.map(({ index }) => index).sort((a, b) => Number(a) - Number(b));
    expect(indexes(linesOf(file))).toEqual(expected);
    expect(
      indexes(
        stdout
          .trimEnd()
          .split("\n")
          .map((line) => JSON.parse(line)),
      ),
    ).toEqual(expected);
  });

  it("every line is written after an uncaught exception", async () => {
    const { stdout } = await run(`
      const { logger } = create();
      logger.info({}, "before");
      process.on("uncaughtException", (err) => { logger.fatal({ err }, "uncaught"); process.exit(0); });
      throw new Error("boom");
    `);
    expect(
      stdout
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line).msg),
    ).toEqual(["before", "uncaught"]);
  });
});

describe("a reader of the terminal's pipe that begins late", () => {
  it("gets whole characters, also where the pipe was full in the middle of one", async () => {
    const program = `
      // As console.log does: from here on the pipe does not block.
      process.stdout.write("");
      create().logger.info({ text: "€".repeat(200_000) }, "long");
      setTimeout(() => { console.error("exits"); process.exit(0); }, 200);`;
    const child = spawn(process.execPath, ["--input-type=module", "--eval", sourceOf(program)]);
    await once(child.stderr, "data");
    const line = JSON.parse(await text(child.stdout));
    expect(line.text === "€".repeat(200_000)).toBe(true);
  });
});

describe("the end of the process while the terminal's pipe is full", () => {
  it("loses nothing, even if the next attempt to write has just begun", async () => {
    const program = `
      process.stdout.write("");
      create().logger.info({ text: "x".repeat(2_000_000) }, "long");
      setTimeout(() => {
        console.error("exits");
        // When this turn ends, the timer of the next attempt is due, and right behind it the exit.
        setTimeout(() => process.exit(0), 25);
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);
      }, 200);`;
    const child = spawn(process.execPath, ["--input-type=module", "--eval", sourceOf(program)]);
    await once(child.stderr, "data");
    expect(JSON.parse(await text(child.stdout)).text).toHaveLength(2_000_000);
  });
});

describe("a disk that fails", () => {
  const onLinux = skipUnless(process.platform === "linux", "logs on a full disk", "on Linux only");
  const fullDisk = () => {
    setTime(2021, 3, 22, 22);
    symlinkSync("/dev/full", join(folder, `${new Date().getFullYear()}-a.log`));
  };

  onLinux.test("is reported once on the terminal, and the service goes on and ends", async () => {
    symlinkSync("/dev/full", join(folder, `${new Date().getFullYear()}-a.log`));
    const { stdout } = await run(`
      const { logger, flush } = create(
        options.enableConsoleLog(false),
        options.setWSServerLogEnable(${JSON.stringify(folder)}, "a.log", "info", "year"),
      );
      logger.info({}, "first");
      await flush();
      logger.info({}, "second");
      await flush();
      logger.info({}, "third");
      console.log(JSON.stringify({ msg: "still serving" }));
    `);
    const lines = stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(lines).toHaveLength(2);
    expect(lines).toContainEqual({ msg: "still serving" });
    expect(lines.find(({ level }) => level === "error")).toMatchObject({
      msg: "the log file cannot be written",
      err: { code: "ENOSPC" },
      module: "chat",
    });
  });

  onLinux.test("says how much was lost when it works again", async () => {
    fullDisk();
    const { logger, flush, close } = create(setWSServerLogEnable(folder, "a.log", "info", "year"));
    logger.info({}, "lost");
    await flush();
    rmSync(join(folder, "2021-a.log"));
    logger.info({}, "kept");
    await flush();
    await close();
    expect(linesOf("2021-a.log")).toMatchObject([
      { msg: "kept" },
      { msg: "the log file can be written again", lostLines: 1, level: "warn" },
    ]);
  });

  it("may be a folder that cannot be made", async () => {
    writeFileSync(join(folder, "file"), "");
    const { logger, close } = create(setWSServerLogEnable(join(folder, "file")));
    logger.info({}, "lost");
    await close();
    expect(readFileSync(join(folder, "file"), "utf8")).toBe("");
  });
});
