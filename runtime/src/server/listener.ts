import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { PendingWork } from "../connection/pending-work.js";
import { createHttpServer } from "./create-http-server.js";
import { createRoutes, type RoutedModule } from "./create-routes.js";
import { createDirectHandler } from "./direct-handshake.js";
import type { HandshakeAttempt, HandshakeAttempts } from "./handshake-attempt.js";
import { KoaApp } from "./koa-app.js";
import { SilentSockets } from "./silent-sockets.js";
import { reasonOf, StartError } from "./start-error.js";
import { createUpgradeListener } from "./upgrade.js";

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
  readonly #app: KoaApp;
  readonly #running = new Set<HandshakeAttempt>();
  readonly #server: Server;
  readonly #silent: SilentSockets;
  readonly #isSecure: boolean;
  readonly #host: string | undefined;
  #isClosing = false;

  constructor(modules: readonly [RoutedModule, ...RoutedModule[]]) {
    const [{ runtime }] = modules;
    const { flag, config } = runtime;
    const timeoutMs = Math.min(...modules.map((module) => module.runtime.config.handshakeTimeout)) * 1_000;
    const attempts: HandshakeAttempts = new WeakMap();
    const routes = createRoutes(modules, attempts);
    this.#app = new KoaApp(modules, routes, attempts);
    this.modules = modules;
    this.#host = config.host;
    this.#isSecure = config.tls !== undefined;
    this.#server = createHttpServer({ flag, config, timeoutMs }, this.#app.handle);
    this.#silent = new SilentSockets(this.#server, this.#isSecure);
    this.#server.on(
      "upgrade",
      createUpgradeListener({
        handleRequest: this.#app.handle,
        handleDirectly: createDirectHandler(modules, routes),
        attempts,
        pending: this.handshakes,
        running: this.#running,
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
    await this.#app.prepare();
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
      // For the sockets that are busy now: they are not kept once they are answered.
      this.#server.keepAliveTimeout = 1;
      this.#silent.destroy();
    });
  }

  /** Cuts what is left. */
  cut(): void {
    for (const attempt of this.#running) attempt.cut();
    this.#server.closeAllConnections();
  }
}
