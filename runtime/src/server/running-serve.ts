import type { ConnectionManager } from "../config/stores.js";
import type { ModuleCounters, ModuleRuntime } from "../connection/module-runtime.js";
import type { Audience, ModulePush } from "../contract.js";
import { ConfigurationError } from "../errors.js";
import type { ListenAddress, Listener } from "./listener.js";
import { baseOf } from "./route.js";
import { shutDown } from "./shutdown.js";

/** Where the admin API listens. */
export interface AdminAddress {
  readonly host: string;
  readonly port: number;
}

/** What `newWebsocketServe` gives: the modules that are served, and the way to end it. */
export interface WebsocketServe {
  /** The ports, in the order of the modules; each once. */
  readonly ports: readonly number[];
  readonly addresses: readonly ListenAddress[];
  readonly modules: readonly ServedModule[];
  /** Where the admin API listens; undefined: no module asks for it. */
  readonly admin: AdminAddress | undefined;
  /** False as soon as it begins to close. */
  readonly isReady: boolean;
  /** A module by its flag, to push to its clients. @throws RangeError when there is none */
  module(flag: string): ServedModule;
  /**
   * Reads the certificates, keys and authorities of `setTls` anew, on all ports. Connections to come get the new ones,
   * those that are open stay as they are. It also happens by itself, within 10 s after the files have changed.
   * @throws ConfigurationError for files that cannot be used: on that port the certificate in use stays
   */
  reloadTls(): Promise<void>;
  /**
   * Stops accepting; each connection finishes its running commands, is closed with 1001 and has its hooks run; then the
   * log is written out. What is not done at the deadline is cut, and hooks that do not end get one second more. Calling
   * it again gives the same promise.
   */
  close(options?: CloseOptions): Promise<void>;
}

export interface CloseOptions {
  /**
   * Milliseconds; default 10,000. Connections whose commands still run in its last fifth (at most 2 s) are closed then.
   */
  readonly deadlineMs?: number | undefined;
  /** The signal that asked for it, for the log. */
  readonly signal?: NodeJS.Signals | undefined;
}

const defaultDeadlineMs = 10_000;

/** The modules on their open listeners. */
export class RunningServe implements WebsocketServe {
  readonly addresses: readonly ListenAddress[];
  readonly modules: readonly ServedModule[];
  admin: AdminAddress | undefined;
  readonly #listeners: readonly Listener[];
  readonly #release: () => Promise<void>;
  #closing: Promise<void> | undefined;

  constructor(listeners: readonly Listener[], release: () => Promise<void>) {
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

  module(flag: string): ServedModule {
    const module = this.modules.find((candidate) => candidate.flag === flag);
    if (module !== undefined) return module;
    const known = this.modules.map((candidate) => candidate.flag).join(", ");
    throw new RangeError(`There is no module ${JSON.stringify(flag)}; there are: ${known}.`);
  }

  async reloadTls(): Promise<void> {
    const [first, ...others] = this.#listeners.flatMap((listener) => listener.reloadTls() ?? []);
    if (first === undefined) return;
    if (others.length === 0) throw first;
    throw new ConfigurationError([first, ...others].map(({ message }) => message).join(" "), {
      code: "invalid_certificate",
    });
  }

  close({ deadlineMs = defaultDeadlineMs, signal }: CloseOptions = {}): Promise<void> {
    this.#closing ??= shutDown(this.#listeners, { deadlineMs, signal }).finally(this.#release);
    return this.#closing;
  }
}

/** A module that is being served: push to its clients, and what is known of them. */
export interface ServedModule extends ModulePush {
  readonly flag: string;
  /** The port on which it can be reached. */
  readonly port: number;
  /** The path that its routes begin with: `/<flag>`, or what `setBasePath` says. */
  readonly basePath: string;
  /** Who keeps its connections; undefined after `disableStoreConnection()`. */
  readonly connections: ConnectionManager | undefined;
  /** What happened since the start, and how many connections there are now. */
  stats(): ModuleStats;
}

export interface ModuleStats extends Readonly<ModuleCounters> {
  readonly connections: number;
  /** The rooms that have members, with their number. */
  readonly rooms: ReadonlyMap<string, number>;
}

function serveModule(runtime: ModuleRuntime, port: number): ServedModule {
  const { flag, push, counters, registry } = runtime;
  return {
    flag,
    port,
    basePath: `/${baseOf(runtime).join("/")}`,
    connections: registry.manager,
    all: push.all,
    to: (...ids: string[]): Audience => push.to(...ids),
    room: (name: string): Audience => push.room(name),
    tagged: (tag: string): Audience => push.tagged(tag),
    stats: () => ({ ...counters, connections: registry.byId.size, rooms: registry.rooms() }),
  };
}
