import { setTimeout } from "node:timers/promises";
import type { ConnectionManager } from "../config/stores.js";
import type { ModuleCounters, ModuleRuntime } from "../connection/module-runtime.js";
import type { Observers } from "../connection/observers.js";
import type { Audience, ModulePush, Room, ServerModules } from "../contract.js";
import { ConfigurationError } from "../errors.js";
import { unknownModule } from "../push/server-modules.js";
import type { ListenAddress, Listener } from "./listener.js";
import { getBaseSegments } from "./route.js";
import { maxTimerMs, shutDown } from "./shutdown.js";

/** The address of the admin API. */
export interface AdminAddress {
  readonly host: string;
  readonly port: number;
}

/** The running modules. Returned by `newWebsocketServe`. */
export interface WebsocketServe extends ServerModules {
  /** The ports, in the order of the modules; each once. */
  readonly ports: readonly number[];
  readonly addresses: readonly ListenAddress[];
  readonly modules: readonly ServedModule[];
  /** The address of the admin API; undefined if no module enables it. */
  readonly admin: AdminAddress | undefined;
  /** The address of the inspector in debug mode; undefined if `wsgen-runtime/inspector` was not imported. */
  readonly inspector: AdminAddress | undefined;
  /** False from the beginning of the shutdown. */
  readonly isReady: boolean;
  /** Returns a module by its flag. @throws RangeError `unknown_module` */
  module(flag: string): ServedModule;
  /**
   * Reloads the certificates, keys and authorities of `setTls` on all ports, for new connections. Open connections do not
   * change. Runs automatically within 10 s after the files have changed.
   * @throws ConfigurationError for files that cannot be used; that port keeps its current certificate
   */
  reloadTls(): Promise<void>;
  /**
   * Stops accepting. Each connection finishes its running commands, is closed with 1001 and runs its hooks. Then the log is
   * flushed. At the deadline, the remaining connections are cut; running hooks get one more second. Another call returns
   * the same promise.
   */
  close(options?: CloseOptions): Promise<void>;
}

export interface CloseOptions {
  /**
   * Milliseconds. Default 10,000. In its last fifth (at most 2 s), connections with running commands are closed.
   */
  readonly deadlineMs?: number | undefined;
  /**
   * Milliseconds before the deadline begins, in which the server still works, but `/readyz` answers 503 and `isReady` is false,
   * so that load balancers send new clients elsewhere. Default 0.
   */
  readonly noticeMs?: number | undefined;
  /**
   * How many clients may reconnect to other processes in a second. The close reason tells each client when it is its turn, and
   * clients of wsgen wait until then. Default: the most handshakes that a module has accepted in one second, at least 100. If
   * the last client would have to wait for more than 30 s, it is as many as needed.
   */
  readonly reconnectsPerSecond?: number | undefined;
  /** The signal that started the shutdown, for the log. */
  readonly signal?: NodeJS.Signals | undefined;
}

const defaultDeadlineMs = 10_000;

/** How far the shutdown is. */
export interface Ending {
  /** `notice`: the server works, but is not ready. */
  readonly state: "serving" | "notice" | "closing";
  readonly begunAt: Date | undefined;
  /** When the remaining connections are cut. */
  readonly deadlineAt: Date | undefined;
}

/** The running modules and their open listeners. */
export class RunningServe implements WebsocketServe {
  readonly addresses: readonly ListenAddress[];
  readonly modules: readonly ServedModule[];
  readonly observers: Observers;
  admin: AdminAddress | undefined;
  inspector: AdminAddress | undefined;
  readonly #listeners: readonly Listener[];
  readonly #release: () => Promise<void>;
  #closing: Promise<void> | undefined;
  #ending: Ending = { state: "serving", begunAt: undefined, deadlineAt: undefined };

  constructor(listeners: readonly Listener[], observers: Observers, release: () => Promise<void>) {
    this.observers = observers;
    this.#listeners = listeners;
    this.#release = release;
    this.addresses = listeners.map((listener) => listener.address);
    this.modules = listeners.flatMap(({ modules, address }) =>
      modules.map(({ runtime }) => serveModule(runtime, address.port)),
    );
  }

  get ports(): readonly number[] {
    return this.addresses.map(({ port }) => port);
  }

  get isReady(): boolean {
    return this.#closing === undefined;
  }

  get ending(): Ending {
    return this.#ending;
  }

  module(flag: string): ServedModule {
    const module = this.modules.find((candidate) => candidate.flag === flag);
    if (module !== undefined) return module;
    const known = this.modules.map((candidate) => candidate.flag);
    throw unknownModule(flag, known);
  }

  async reloadTls(): Promise<void> {
    const [first, ...others] = this.#listeners.flatMap((listener) => listener.reloadTls() ?? []);
    if (first === undefined) return;
    if (others.length === 0) throw first;
    throw new ConfigurationError([first, ...others].map(({ message }) => message).join(" "), {
      code: "invalid_certificate",
    });
  }

  close(options: CloseOptions = {}): Promise<void> {
    this.#closing ??= this.#end(options).finally(this.#release);
    return this.#closing;
  }

  #end({ deadlineMs = defaultDeadlineMs, noticeMs = 0, ...options }: CloseOptions): Promise<void> {
    const begunAt = new Date();
    const deadlineAt = new Date(begunAt.getTime() + Math.min(noticeMs + deadlineMs, maxTimerMs));
    const end = () => {
      this.#ending = { state: "closing", begunAt, deadlineAt };
      return shutDown(this.#listeners, { ...options, deadlineMs });
    };
    this.#ending = { state: "notice", begunAt, deadlineAt };
    return noticeMs > 0 ? setTimeout(Math.min(noticeMs, maxTimerMs)).then(end) : end();
  }
}

/** A running module: pushes to its clients, and their statistics. */
export interface ServedModule extends ModulePush {
  readonly flag: string;
  /** The port that it listens on. */
  readonly port: number;
  /** The path that its routes begin with: `/<flag>`, or the path of `setBasePath`. */
  readonly basePath: string;
  /** The store of its connections; undefined after `disableStoreConnection()`. */
  readonly connections: ConnectionManager | undefined;
  /** Counters since the start, and the current number of connections. */
  stats(): ModuleStats;
}

export interface ModuleStats extends Readonly<ModuleCounters> {
  readonly connections: number;
  /** The rooms with members, and their numbers. */
  readonly rooms: ReadonlyMap<string, number>;
}

function serveModule(runtime: ModuleRuntime, port: number): ServedModule {
  const { flag, push, counters, registry } = runtime;
  return {
    flag,
    port,
    basePath: `/${getBaseSegments(runtime).join("/")}`,
    connections: registry.manager,
    server: push.server,
    all: push.all,
    to: (...ids: string[]): Audience => push.to(...ids),
    room: (name: string): Room => push.room(name),
    tagged: (tag: string): Audience => push.tagged(tag),
    stats: () => ({ ...counters, connections: registry.byId.size, rooms: registry.rooms() }),
  };
}
