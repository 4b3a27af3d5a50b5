import { once } from "node:events";
import type { IncomingMessage, Server } from "node:http";
import { isIP, isIPv4 } from "node:net";
import { report } from "../boundary.js";
import type { Observers } from "../connection/observers.js";
import type { Logger } from "../contract.js";
import type { LogLevels } from "../logging/log-targets.js";
import type { Readiness } from "../server/health.js";
import type { CloseOptions, Ending } from "../server/running-serve.js";
import type { RoutedModule } from "../server/web-socket-route.js";

/** A server for operators of the process. It closes after the modules. */
export interface OperationsServer {
  close(): Promise<void>;
}

/** Whether `wsgen-runtime/inspector` was imported before the server started. */
export const inspectorRequest = { isMade: false };

/** A module of the admin API. */
export interface AdminModule extends RoutedModule {
  /** The port that it listens on. */
  readonly port: number;
  /** True if the port has TLS. */
  readonly isSecure: boolean;
  /** Undefined if the levels of its log cannot be changed. */
  readonly levels: LogLevels | undefined;
}

/** Ends the server at the request of an operator. */
interface DrainControl {
  /** False if the server ends already, or if it was asked to before. */
  prepare(): boolean;
  /** Ends the server as a signal does. Called once, after `prepare`. */
  begin(options: CloseOptions): Promise<void>;
  describe(): Ending;
}

/** The state that the admin API shows and changes. */
export interface ServerState {
  readonly modules: readonly AdminModule[];
  /** False during the start, from the beginning of the shutdown, and while a health check fails. */
  isReady(): Promise<boolean>;
  /** The status that `/readyz` has on every port. */
  readiness(): Promise<Readiness>;
  /** True from the beginning of the shutdown. */
  isClosing(): boolean;
  readonly observers: Observers;
  readonly drain: DrainControl;
}

/**
 * Listens; port 0 is any free port. Later errors, such as a failed accept, are logged.
 * @throws the error of `listen` if the address is in use or not local
 */
export async function listen(
  server: Server,
  { host, port }: { host: string; port: number },
  log: Logger,
): Promise<void> {
  server.listen(port, host);
  await once(server, "listening");
  server.on("error", (error) => report({ entry: "serverError", log }, error));
}

/** Closes it at once, with its running requests. */
export async function closeAtOnce(server: Server): Promise<void> {
  server.close();
  server.closeAllConnections();
  await once(server, "close");
}

/**
 * True if the client asked for a listener by an address, by `localhost` or by its configured name. Another name may be that of
 * a page which leads here (DNS rebinding); an address can lead nowhere else.
 */
export function isOwnHost({ headers }: IncomingMessage, configured: string): boolean {
  const name = (headers.host ?? "").replace(/:\d+$/, "").replace(/^\[(.*)\]$/, "$1");
  return isIP(name) !== 0 || name === "localhost" || name === configured;
}

/** True for a loopback address. */
export const isLoopback = (address: string): boolean =>
  address === "::1" || (isIPv4(address) && address.startsWith("127."));
