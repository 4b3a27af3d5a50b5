import { readFileSync } from "node:fs";
import { createServer, type RequestListener, type Server, type ServerOptions } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { ConfigurationError } from "../config/configuration-error.js";
import type { TlsOptions } from "../config/module-types.js";
import { PendingWork } from "../connection/pending-work.js";
import { createApp, type RoutedModule } from "./create-app.js";
import { StartError } from "./start-error.js";
import { createUpgradeListener, type HandshakeAttempts } from "./upgrade.js";

/** Where a listener listens. */
export interface ListenAddress {
  readonly host: string;
  readonly port: number;
  /** Is it wss and https? */
  readonly isSecure: boolean;
  /** The flags of the modules behind it. */
  readonly modules: readonly string[];
}

/** One port: an HTTP server, Koa behind it, and the handshakes of the modules that share it. */
export class Listener {
  readonly modules: readonly RoutedModule[];
  /** The handshakes that are not answered yet. */
  readonly handshakes = new PendingWork();
  readonly #server: Server;
  readonly #isSecure: boolean;
  readonly #host: string | undefined;
  #isClosing = false;

  constructor(modules: readonly [RoutedModule, ...RoutedModule[]]) {
    const [{ runtime }] = modules;
    const { tls, host, maxHeaderSize } = runtime.config;
    const timeoutMs = Math.max(...modules.map((module) => module.runtime.config.handshakeTimeout)) * 1_000;
    const attempts: HandshakeAttempts = new WeakMap();
    const handleRequest = createApp(modules, attempts).callback();
    this.modules = modules;
    this.#host = host;
    this.#isSecure = tls !== undefined;
    this.#server = createHttpServer(
      tls,
      timeouts(timeoutMs, maxHeaderSize),
      handleRequest as RequestListener,
    );
    this.#server.on(
      "upgrade",
      createUpgradeListener({
        handleRequest,
        attempts,
        pending: this.handshakes,
        timeoutMs,
        isClosing: () => this.#isClosing,
      }),
    );
  }

  get address(): ListenAddress {
    const { address, port } = this.#server.address() as AddressInfo;
    const modules = this.modules.map(({ runtime }) => runtime.flag);
    return { host: address, port, isSecure: this.#isSecure, modules };
  }

  /** @throws StartError naming the port, the modules and the reason */
  async open(port: number): Promise<void> {
    try {
      await new Promise<void>((resolve, reject) => {
        this.#server.once("error", reject);
        this.#server.listen({ port, host: this.#host }, () => {
          this.#server.off("error", reject);
          resolve();
        });
      });
    } catch (cause) {
      const flags = this.modules.map(({ runtime }) => `"${runtime.flag}"`).join(", ");
      const owner = this.modules.length === 1 ? `module ${flags}` : `modules ${flags}`;
      const where = this.#host === undefined ? `port ${port}` : `port ${port} of ${this.#host}`;
      throw new StartError(`${owner}: cannot listen on ${where}: ${reasonOf(cause)}.`, { cause });
    }
  }

  /** Accepts nothing any more. Resolves once the plain HTTP requests are answered. */
  stopAccepting(): Promise<void> {
    this.#isClosing = true;
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeIdleConnections();
    });
  }

  /** Cuts what is left. */
  cut(): void {
    this.#server.closeAllConnections();
  }
}

/** Node looks for late requests in an interval of its own, by default every 30 s. */
function timeouts(timeoutMs: number, maxHeaderSize: number): ServerOptions {
  return {
    headersTimeout: timeoutMs,
    requestTimeout: Math.max(timeoutMs, 300_000),
    connectionsCheckingInterval: Math.min(1_000, Math.max(20, timeoutMs / 4)),
    maxHeaderSize,
  };
}

function createHttpServer(
  tls: TlsOptions | undefined,
  options: ServerOptions,
  handle: RequestListener,
): Server {
  if (tls === undefined) return createServer(options, handle);
  const { certFile, keyFile, caFile, requestCert = false } = tls;
  const credentials = {
    cert: readPem("certFile", certFile),
    key: readPem("keyFile", keyFile),
    ...(caFile === undefined ? {} : { ca: readPem("caFile", caFile) }),
  };
  return createTlsServer(
    { ...options, ...credentials, requestCert, handshakeTimeout: options.headersTimeout ?? 0 },
    handle,
  );
}

function readPem(option: string, path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new ConfigurationError(`tls.${option}: ${reasonOf(cause)}.`, { cause });
  }
}

function reasonOf(cause: unknown): string {
  const { code, message } = cause as NodeJS.ErrnoException;
  if (code === "EADDRINUSE") return "it is already in use (EADDRINUSE)";
  if (code === "EACCES") return "this user may not (EACCES)";
  return message;
}
