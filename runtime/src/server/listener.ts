import type { IncomingMessage, RequestListener, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { contain, report } from "../boundary.js";
import type { ModuleRuntime } from "../connection/module-runtime.js";
import { PendingWork } from "../connection/pending-work.js";
import { type ConfigurationError, reasonOf, StartError } from "../errors.js";
import { clientAddress } from "./client-address.js";
import { createUpgradeListener } from "./handshake.js";
import { answerJson, type HandshakeAttempt, type HandshakeAttempts } from "./handshake-attempt.js";
import type { Health } from "./health.js";
import { createHttpServer, type HttpSockets } from "./http-server.js";
import { createLazyKoa } from "./lazy-koa.js";
import type { TlsCertificate } from "./tls-certificate.js";
import { createDirectHandler, createRoutes, type RoutedModule } from "./web-socket-route.js";

/** The address of a listener. */
export interface ListenAddress {
  readonly host: string;
  readonly port: number;
  /** True for wss and https. */
  readonly isSecure: boolean;
  /** The flags of its modules. */
  readonly modules: readonly string[];
}

/** Sends 500, or breaks off an answer that has begun. */
function failResponse(response: ServerResponse): void {
  if (response.headersSent) response.destroy();
  else response.writeHead(500, { Connection: "close" }).end();
}

/**
 * Answers a complete request with 503 if its response has not begun after `timeoutMs`. A response that has begun has no
 * limit. Node limits the time of an incomplete request.
 */
function limitResponseTime(
  request: IncomingMessage,
  response: ServerResponse,
  { timeoutMs, runtime: { log, refusals } }: { timeoutMs: number; runtime: ModuleRuntime },
): void {
  const expire = () => {
    if (response.headersSent) return;
    if (!request.complete) {
      timer = start();
      return;
    }
    const { method, url } = request;
    const remoteAddress = clientAddress(request, false);
    const found = `503 to ${method} ${url}`;
    refusals.note("answer_too_slow", { decidedBy: "setHandshakeTimeout", remoteAddress, found });
    for (const name of response.getHeaderNames()) response.removeHeader(name);
    const error = { code: "timeout", message: "The response took too long." };
    answerJson(response, { status: 503, headers: { Connection: "close" }, body: { error } });
  };
  const start = () =>
    setTimeout(() => contain({ entry: "timer", log }, expire, () => void response.destroy()), timeoutMs);
  let timer = start();
  response.once("close", () => clearTimeout(timer));
}

/**
 * The bytes that a client may send before its handshake is answered: one message of the largest size that a module of the
 * port allows, with the head of its frame, but at most 64 KiB.
 */
const maxEarlyBytes = (modules: readonly RoutedModule[]): number =>
  Math.min(65_536, Math.max(...modules.map(({ runtime }) => runtime.config.maxMessageSize)) + 14);

/** One port: an HTTP server, its Koa application, and the handshakes of the modules that share the port. */
export class Listener {
  readonly modules: readonly [RoutedModule, ...RoutedModule[]];
  /** The handshakes that are not answered yet. */
  readonly handshakes = new PendingWork();
  readonly #app: ReturnType<typeof createLazyKoa>;
  readonly #running = new Set<HandshakeAttempt>();
  readonly #server: Server;
  readonly #sockets: HttpSockets;
  readonly #certificate: TlsCertificate | undefined;
  readonly #host: string | undefined;
  #isClosing = false;

  constructor(modules: readonly [RoutedModule, ...RoutedModule[]], health: Health) {
    const [{ runtime }] = modules;
    const { config, log, observers, refusals } = runtime;
    const timeoutMs = Math.min(...modules.map((module) => module.runtime.config.handshakeTimeout)) * 1_000;
    const attempts: HandshakeAttempts = new WeakMap();
    const routes = createRoutes(modules, attempts);
    this.#app = createLazyKoa(modules, routes, attempts);
    const answer = (handle: RequestListener): RequestListener => {
      const place = { entry: "request", log } as const;
      return (request, response) =>
        contain<unknown>(
          place,
          () => handle(request, response),
          () => failResponse(response),
        );
    };
    const handleRequest = answer((request, response) => this.#app.handle(request, response));
    this.modules = modules;
    this.#host = config.host;
    const handlePlain = answer(
      (request, response) =>
        health.answer(request, response, config.health) ?? this.#app.handle(request, response),
    );
    const { server, sockets, certificate } = createHttpServer(runtime, timeoutMs, (request, response) => {
      limitResponseTime(request, response, { timeoutMs, runtime });
      handlePlain(request, response);
    });
    this.#server = server;
    this.#certificate = certificate;
    this.#sockets = sockets;
    this.#server.on(
      "upgrade",
      createUpgradeListener({
        handleRequest,
        handleDirectly: createDirectHandler(modules, routes, log),
        attempts,
        sockets,
        log,
        maxEarlyBytes: maxEarlyBytes(modules),
        pending: this.handshakes,
        running: this.#running,
        timeoutMs,
        refusals,
        observers,
        isClosing: () => this.#isClosing,
      }),
    );
  }

  get address(): ListenAddress {
    const { address, port } = this.#server.address() as AddressInfo;
    const modules = this.modules.map(({ runtime }) => runtime.flag);
    return { host: address, port, isSecure: this.#certificate !== undefined, modules };
  }

  /** @throws StartError naming the port, the modules and the reason */
  async open(port: number): Promise<void> {
    const { log } = this.modules[0].runtime;
    await this.#app.prepare();
    try {
      await new Promise<void>((resolve, reject) => {
        this.#server.once("error", reject);
        this.#server.listen({ port, host: this.#host }, () => {
          this.#server.off("error", reject);
          // The server continues after a failed accept, for example with too many open files.
          this.#server.on("error", (error) => report({ entry: "serverError", log }, error));
          resolve();
        });
      });
    } catch (cause) {
      const flags = this.modules.map(({ runtime }) => `"${runtime.flag}"`).join(", ");
      const owner = this.modules.length === 1 ? `module ${flags}` : `modules ${flags}`;
      const where = this.#host === undefined ? `port ${port}` : `port ${port} of ${this.#host}`;
      throw new StartError("listen_failed", `${owner}: cannot listen on ${where}: ${reasonOf(cause)}.`, {
        cause,
      });
    }
    this.#certificate?.watch();
  }

  /** Reloads the files of `tls`. @returns the reason if the current certificate is kept */
  reloadTls(): ConfigurationError | undefined {
    return this.#certificate?.reload();
  }

  /** Accepts no more connections. Resolves when all plain HTTP requests are answered. */
  stopAccepting(): Promise<void> {
    this.#isClosing = true;
    this.#certificate?.unwatch();
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      this.#sockets.close();
    });
  }

  /** Destroys the remaining sockets. */
  cut(): void {
    for (const attempt of this.#running) attempt.destroy();
    this.#server.closeAllConnections();
  }
}
