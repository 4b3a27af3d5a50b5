import { getEventListeners } from "node:events";
import { createAbortController } from "../boundary.js";
import type { CommandContext, Logger, ModulePush, SendOptions, WSContext } from "../contract.js";
import type { Connection } from "./connection.js";
import { type PackedHeaders, packHeaders, unpackHeaders } from "./packed-headers.js";

/** The data of a connection from its handshake. */
export interface Handshake {
  readonly route: string;
  readonly params: Readonly<Record<string, string>>;
  /** Without the question mark. */
  readonly queryString: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly remoteAddress: string;
  readonly subprotocol: string;
  /** The state of the middlewares; undefined without middlewares. */
  readonly state: Record<string, unknown> | undefined;
}

const noRooms: ReadonlySet<string> = new Set();

/** Times are stored as milliseconds since the start, so that the value fits a small integer of V8. */
const startedAtMs = Date.now();

/** Shared by the contexts of a connection and its commands. Rarely used members are created on first use. */
class ContextState {
  readonly connection: Connection;
  readonly route: string;
  readonly params: Handshake["params"];
  readonly remoteAddress: string;
  readonly subprotocol: string;
  readonly connectedAfterMs = Math.trunc(Date.now() - startedAtMs);
  headers: Handshake["headers"] | PackedHeaders;
  query: URLSearchParams | string;
  state: Handshake["state"];
  log: Logger | undefined;
  store: Map<string, unknown> | undefined;

  constructor(connection: Connection, handshake: Handshake) {
    this.connection = connection;
    this.route = handshake.route;
    this.params = handshake.params;
    this.remoteAddress = handshake.remoteAddress;
    this.subprotocol = handshake.subprotocol;
    this.headers = handshake.headers;
    this.query = handshake.queryString;
    this.state = handshake.state;
  }
}

/** A connection as modules and commands see it. */
abstract class SharedContext implements WSContext {
  readonly #shared: ContextState;

  constructor(shared: ContextState | SharedContext) {
    this.#shared = shared instanceof SharedContext ? shared.#shared : shared;
  }

  abstract readonly connection: ConnectionContext;

  get id(): string {
    return this.#shared.connection.id;
  }

  get moduleFlag(): string {
    return this.#shared.connection.module.flag;
  }

  get route(): string {
    return this.#shared.route;
  }

  get params(): Readonly<Record<string, string>> {
    return this.#shared.params;
  }

  get query(): URLSearchParams {
    if (typeof this.#shared.query === "string") this.#shared.query = new URLSearchParams(this.#shared.query);
    return this.#shared.query;
  }

  get headers(): Handshake["headers"] {
    if (typeof this.#shared.headers === "string") this.#shared.headers = unpackHeaders(this.#shared.headers);
    return this.#shared.headers;
  }

  /** Packs rarely used data once the connection is open. */
  compact(): void {
    if (typeof this.#shared.headers === "object") this.#shared.headers = packHeaders(this.#shared.headers);
  }

  get remoteAddress(): string {
    return this.#shared.remoteAddress;
  }

  get connectedAt(): Date {
    return new Date(startedAtMs + this.#shared.connectedAfterMs);
  }

  get subprotocol(): string {
    return this.#shared.subprotocol;
  }

  get state(): Record<string, unknown> {
    this.#shared.state ??= {};
    return this.#shared.state;
  }

  get log(): Logger {
    this.#shared.log ??= this.#shared.connection.module.log.child({ connection: this.id });
    return this.#shared.log;
  }

  get signal(): AbortSignal {
    return this.#shared.connection.signal;
  }

  get rooms(): ReadonlySet<string> {
    return this.#shared.connection.rooms ?? noRooms;
  }

  get module(): ModulePush {
    return this.#shared.connection.module.push;
  }

  get<T = unknown>(key: string): T | undefined {
    return this.#shared.store?.get(key) as T | undefined;
  }

  set(key: string, value: unknown): void {
    this.#shared.store ??= new Map();
    this.#shared.store.set(key, value);
  }

  send(message: unknown, options?: SendOptions): boolean {
    return this.#shared.connection.transmit(
      this.#shared.connection.module.encodeMessage(message),
      options?.compress,
    );
  }

  emit(name: string, data: unknown, options?: SendOptions): boolean {
    const message = this.#shared.connection.module.prepareEvent(name, data, options);
    if (message === undefined) return false;
    // A message without rules of its own is cheaper to send as its payload.
    return message.delivery === undefined
      ? this.#shared.connection.transmit(message.payload, message.compress)
      : this.#shared.connection.transmitPrepared(message, true);
  }

  get bufferedBytes(): number {
    return this.#shared.connection.bufferedBytes;
  }

  drained(): Promise<boolean> {
    return this.#shared.connection.drained();
  }

  close(code?: number, reason?: string): void {
    this.#shared.connection.close(code, reason);
  }

  join(room: string): void {
    this.#shared.connection.module.registry.join(this.#shared.connection, room);
  }

  leave(room: string): void {
    this.#shared.connection.module.registry.leave(this.#shared.connection, room);
  }

  tag(tag: string): void {
    this.#shared.connection.module.registry.tag(this.#shared.connection, tag);
  }

  untag(tag: string): void {
    this.#shared.connection.module.registry.untag(this.#shared.connection, tag);
  }
}

/** The context for `connect`, `close` and `disconnect`. */
export class ConnectionContext extends SharedContext {
  constructor(connection: Connection, handshake: Handshake) {
    super(new ContextState(connection, handshake));
  }

  get connection(): ConnectionContext {
    return this;
  }
}

/** The message of a running command. */
export interface RunningCall {
  /** The name of the command; empty if the message has no name. */
  readonly command: string;
  readonly correlationId: unknown;
}

/** The context of one running command: that of its connection, and the data of this execution. */
export class RunningCommand extends SharedContext implements CommandContext {
  readonly connection: ConnectionContext;
  readonly command: string;
  readonly correlationId: unknown;
  #isLimited = false;
  #own: AbortController | undefined;
  #release: (() => void) | undefined;

  constructor(connection: ConnectionContext, { command, correlationId }: RunningCall) {
    super(connection);
    this.connection = connection;
    this.command = command;
    this.correlationId = correlationId;
  }

  /**
   * The signal of the connection. With a time limit, the command has its own signal, which is also aborted at the
   * limit.
   */
  override get signal(): AbortSignal {
    if (!this.#isLimited) return super.signal;
    if (this.#own === undefined) {
      this.#own = this.#createController();
      this.#release = follow(super.signal, this.#own);
    }
    return this.#own.signal;
  }

  /** Called before a command with a time limit runs. */
  limitTime(): void {
    this.#isLimited = true;
  }

  /** Called when the command times out. */
  abort(reason: Error): void {
    this.#own ??= this.#createController();
    this.#own.abort(reason);
  }

  /** Called when the command has returned or timed out. */
  finished(): void {
    this.#release?.();
  }

  #createController(): AbortController {
    const { id: connection, command } = this;
    return createAbortController(() => ({ entry: "abortListener", log: this.log, connection, command }));
  }
}

/**
 * Aborts a controller when its connection is aborted, until the controller is released. After the release, a controller
 * without listeners is followed only while its signal is referenced, because one connection may run any number of
 * commands. (`AbortSignal.any` keeps 58 bytes per signal in Node 20.)
 */
function follow(parent: AbortSignal, controller: AbortController): () => void {
  const abort = () => controller.abort(parent.reason);
  if (parent.aborted) abort();
  else parent.addEventListener("abort", abort, { once: true });
  return () => {
    if (parent.aborted) return;
    const { signal } = controller;
    if (!signal.aborted && getEventListeners(signal, "abort").length > 0) return;
    parent.removeEventListener("abort", abort);
    if (!signal.aborted) followWeakly(parent, controller);
  };
}

/** The controllers that follow a connection's signal without being kept in memory by it. */
const followers = new WeakMap<AbortSignal, Set<WeakRef<AbortController>>>();
/** Keeps a controller in memory as long as its signal. */
const controllers = new WeakMap<AbortSignal, AbortController>();
const collected = new FinalizationRegistry<() => void>((forget) => forget());

function followWeakly(parent: AbortSignal, controller: AbortController): void {
  let known = followers.get(parent);
  if (known === undefined) {
    const all = new Set<WeakRef<AbortController>>();
    parent.addEventListener("abort", () => {
      for (const each of all) each.deref()?.abort(parent.reason);
    });
    followers.set(parent, all);
    known = all;
  }
  const [all, reference] = [known, new WeakRef(controller)];
  all.add(reference);
  controllers.set(controller.signal, controller);
  collected.register(controller, () => all.delete(reference));
}
