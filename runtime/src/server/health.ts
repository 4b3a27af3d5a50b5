import type { IncomingMessage, ServerResponse } from "node:http";
import { contain } from "../boundary.js";
import type { HealthChecks, HealthPaths } from "../config/module-types.js";
import type { Logger } from "../contract.js";
import { withTimeLimit } from "../dispatch/hooks.js";
import { isError } from "../errors.js";
import { answerJson } from "./handshake-attempt.js";

/** How long a check may run before it counts as failed. */
const checkSeconds = 5;
/** Probes within this time share one run of the checks, because anybody can send them. */
const sharedMs = 1_000;

/** The checks of one module. */
export interface CheckedHealth {
  readonly log: Logger;
  readonly config: { readonly healthChecks: HealthChecks };
}

/** `degraded`: the process serves its own clients, but the cluster is away. */
export type Readiness = "ready" | "degraded" | "not_ready";

/** The state of the process that probes ask for: `setHealth`, `setHealthChecks`. */
export class Health {
  readonly #modules: readonly CheckedHealth[];
  readonly #isServing: () => boolean;
  readonly #isWhole: () => boolean;
  #run: { readonly begunMs: number; readonly result: Promise<boolean> } | undefined;

  /**
   * @param isServing false during the start and from the beginning of the shutdown
   * @param isWhole false while the engine of a cluster cannot be reached
   */
  constructor(modules: readonly CheckedHealth[], isServing: () => boolean, isWhole = () => true) {
    this.#modules = modules;
    this.#isWhole = isWhole;
    this.#isServing = isServing;
  }

  /** Whether the process is ready for clients: it serves, and no check of the user's fails. Never rejects. */
  async isReady(): Promise<boolean> {
    if (!this.#isServing()) return false;
    const nowMs = performance.now();
    if (this.#run === undefined || nowMs - this.#run.begunMs >= sharedMs)
      this.#run = { begunMs: nowMs, result: this.#runChecks() };
    return (await this.#run.result) && this.#isServing();
  }

  async #runChecks(): Promise<boolean> {
    const runs = this.#modules.flatMap(({ log, config }) =>
      Object.entries(config.healthChecks).map(([name, check]) =>
        contain(
          { entry: "healthCheck", log, check: name },
          () => runCheck(check),
          () => false,
        ),
      ),
    );
    return (await Promise.all(runs)).every((isHealthy) => isHealthy);
  }

  /** Answers a probe. @returns undefined for any other request, which is not touched */
  answer(
    request: IncomingMessage,
    response: ServerResponse,
    paths: HealthPaths | false,
  ): Promise<void> | undefined {
    if (paths === false || (request.method !== "GET" && request.method !== "HEAD")) return undefined;
    const [path] = (request.url ?? "").split("?", 1);
    if (path === paths.live) return answerAlive(response);
    return path === paths.ready ? this.#answerReady(response) : undefined;
  }

  async #answerReady(response: ServerResponse): Promise<void> {
    const status = await this.readiness();
    send(response, status === "not_ready" ? 503 : 200, status);
  }

  /** Never rejects. */
  async readiness(): Promise<Readiness> {
    if (!(await this.isReady())) return "not_ready";
    // All processes lose the engine at once, so a process that still works alone stays ready.
    return this.#isWhole() ? "ready" : "degraded";
  }
}

const answerAlive = async (response: ServerResponse): Promise<void> => send(response, 200, "alive");

async function runCheck(check: HealthChecks[string]): Promise<true> {
  const result = await withTimeLimit(check(), checkSeconds);
  if (isError(result)) throw result;
  if (result === false) throw new Error("The check returned false.");
  return true;
}

/** Says no more than a supervisor needs: the log has the reason. */
function send(response: ServerResponse, status: number, text: string): void {
  if (response.headersSent) return;
  answerJson(response, { status, headers: { "Cache-Control": "no-store" }, body: { status: text } });
}
