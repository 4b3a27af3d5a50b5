// GuardedLogger: the log never takes the service down, and costs nothing until a line is written.
import { describe, expect, test, vi } from "vitest";
import { GuardedLogger } from "../../../runtime/src/logging/guarded-logger.js";
import { recordingLogger } from "../support/recording-logger.js";

test("writes the lines of its children with their fields", () => {
  const target = recordingLogger();
  new GuardedLogger(target, { module: "chat" }).child({ connection: "c1" }).info({ a: 1 }, "said");
  expect(target.lines).toEqual([
    { level: "info", fields: { module: "chat", connection: "c1", a: 1 }, message: "said" },
  ]);
});

test("asks for a child only when a line is written at a level that is on", () => {
  const target = Object.assign(recordingLogger(), { isLevelEnabled: (level: string) => level !== "debug" });
  const child = vi.spyOn(target, "child");
  const log = new GuardedLogger(target, { module: "chat" }).child({ connection: "c1" });
  log.debug({}, "quiet");
  expect(child).not.toHaveBeenCalled();
  log.info({}, "loud");
  log.info({}, "again");
  expect(child).toHaveBeenCalledTimes(1);
});

describe("a line that cannot be written", () => {
  const picky = () => {
    const target = recordingLogger();
    const { error } = target;
    target.error = (fields, message) => {
      JSON.stringify(fields);
      error(fields, message);
    };
    return target;
  };

  test("keeps its plain fields and the stack of its error", () => {
    const target = picky();
    new GuardedLogger(target).error({ err: new Error("boom"), connection: "c1", bad: 1n }, "failed");
    expect(target.lines).toEqual([
      {
        level: "error",
        fields: { unloggable: true, connection: "c1", err: expect.stringContaining("Error: boom") },
        message: "failed",
      },
    ]);
  });

  test("is reported as a warning of the process where nothing can be written at all", async () => {
    const warnings: Error[] = [];
    const listen = (warning: Error) => warnings.push(warning);
    process.on("warning", listen);
    const target = recordingLogger();
    target.error = () => {
      throw new Error("disk full");
    };
    const log = new GuardedLogger(target);
    log.error({}, "one");
    log.error({}, "two");
    await new Promise((resolve) => setImmediate(resolve));
    process.off("warning", listen);
    expect(warnings.map(({ message }) => message)).toEqual([
      "A logger of wsgen-runtime failed and loses lines: disk full",
    ]);
  });
});

test("a line whose logger returns a promise that rejects leaves no unhandled rejection", async () => {
  const rejecting = () => Promise.reject(new Error("no disk")) as unknown as void;
  const target = Object.assign(recordingLogger(), { error: rejecting });
  const unhandled = vi.fn();
  process.once("unhandledRejection", unhandled);
  new GuardedLogger(target).error({}, "failed");
  await new Promise((resolve) => setImmediate(resolve));
  process.off("unhandledRejection", unhandled);
  expect(unhandled).not.toHaveBeenCalled();
});
