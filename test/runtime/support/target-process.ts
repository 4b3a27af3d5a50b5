import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { eventually } from "./leak-check.js";

/** What the server's process says of itself, after a garbage collection. */
export interface ProcessReport {
  readonly connections: number;
  readonly rooms: number;
  /** Handshakes answered with 101 since the start. */
  readonly accepted: number;
  /** Connections that the server gave up: slow, silent or stalled. */
  readonly dropped: number;
  /** Heap in use and memory outside of it that the heap holds. */
  readonly heldBytes: number;
  readonly rssBytes: number;
  readonly resources: Readonly<Record<string, number>>;
  /** How each open socket was left, for the message of a failed test. */
  readonly sockets: readonly object[];
  readonly hooks: { readonly connect: number; readonly close: number; readonly disconnect: number };
}

const defaultFile = fileURLToPath(new URL("target-child.js", import.meta.url));

interface TargetPorts {
  readonly port: number;
  readonly behindPort: number;
  readonly securePort: number;
  readonly secureBehindPort: number;
}

/**
 * A server in its own process, with the modules `test` (JSON), `zip` (JSON, compressed) and `raw` (an echo), and on another
 * port `behind`, which has middlewares and HTTP routes. The same stand on two more ports with TLS.
 */
export class TargetProcess implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #ports: TargetPorts;
  #stderr: string;
  #lastId = 0;

  private constructor(child: ChildProcess, ports: TargetPorts, stderr: string) {
    this.#child = child;
    this.#ports = ports;
    this.#stderr = stderr;
    child.stderr?.on("data", (chunk) => {
      this.#stderr += chunk;
    });
  }

  /**
   * From this file, or from a copy of it beside another runtime.
   * @throws Error with what it wrote, when the process ends before it listens
   */
  static async start(file = defaultFile): Promise<TargetProcess> {
    const child = fork(file, { execArgv: ["--expose-gc"], stdio: ["ignore", "inherit", "pipe", "ipc"] });
    let stderr = "";
    const collect = (chunk: Buffer) => {
      stderr += chunk;
    };
    child.stderr?.on("data", collect);
    const ports = await new Promise<TargetPorts>((resolve, reject) => {
      child.once("message", resolve as (message: unknown) => void).once("error", reject);
      // "close", not "exit": by then all of stderr has been read.
      child.once("close", (code, signal) => {
        reject(new Error(`The server's process ended at its start with ${signal ?? code}:\n${stderr}`));
      });
    });
    child.stderr?.off("data", collect);
    return new TargetProcess(child, ports, stderr);
  }

  url(path: string, isSecure = false): string {
    const { port, behindPort, securePort, secureBehindPort } = this.#ports;
    const [plain, behind] = isSecure ? [securePort, secureBehindPort] : [port, behindPort];
    return `${isSecure ? "wss" : "ws"}://127.0.0.1:${path.startsWith("/behind/") ? behind : plain}${path}`;
  }

  /** Undefined while it runs; else how it ended, with what it wrote. */
  get death(): string | undefined {
    const { exitCode, signalCode } = this.#child;
    if (exitCode === null && signalCode === null) return undefined;
    return `the server's process ended with ${signalCode ?? exitCode}:\n${this.#stderr}`;
  }

  get stderr(): string {
    return this.#stderr;
  }

  async report(): Promise<ProcessReport> {
    if (this.death !== undefined) throw new Error(this.death);
    this.#lastId += 1;
    const id = this.#lastId;
    return new Promise((resolve, reject) => {
      const onMessage = (message: { id: number; report: ProcessReport }): void => {
        if (message.id !== id) return;
        this.#child.off("message", onMessage).off("exit", onExit);
        resolve(message.report);
      };
      const onExit = (): void => reject(new Error(this.death));
      this.#child.on("message", onMessage).on("exit", onExit).send(id);
    });
  }

  /** Waits until a report says so. @throws Error with the last report after the time */
  async reportOnce(holds: (report: ProcessReport) => boolean, limitMs = 20_000): Promise<ProcessReport> {
    const endsAtMs = performance.now() + limitMs;
    for (;;) {
      const report = await this.report();
      if (holds(report)) return report;
      if (performance.now() > endsAtMs)
        throw new Error(`Not within ${limitMs} ms: ${JSON.stringify(report)}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.death !== undefined) return;
    const exited = once(this.#child, "exit");
    this.#child.kill("SIGKILL");
    await exited;
  }

  /** Ends it as an operator would. Returns the exit code. */
  async stop(): Promise<number | null> {
    this.#child.kill("SIGTERM");
    await eventually(
      () => this.death !== undefined,
      () => "the process does not end",
    );
    return this.#child.exitCode;
  }
}

/** Is as little open as before? Sockets, timers and pipes of the process that are new are leaks. */
export function hasSameResources(report: ProcessReport, before: ProcessReport): boolean {
  return Object.entries(report.resources).every(([kind, count]) => count <= (before.resources[kind] ?? 0));
}
