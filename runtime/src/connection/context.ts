import { getEventListeners } from "node:events";
import { createAbortController } from "../boundary.js";
import type { HandshakePart } from "../config/handshake-check.js";
import type {
  CommandContext,
  Logger,
  ModulePush,
  SendOptions,
  ServerModules,
  WSContext,
} from "../contract.js";
import type { Connection } from "./connection.js";
import { readCookies, unpackHeaders } from "./headers.js";

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
  /** The checked parts, with converted values; undefined if the module checks none. */
  readonly checked: CheckedParts | undefined;
}

/** The parts of a handshake that `setHandshakeChecks` checks, as the context shows them. */
export type CheckedParts = { readonly [Part in HandshakePart]?: Readonly<Record<string, unknown>> };

const noRooms: ReadonlySet<string> = new Set();

/** Times are stored as milliseconds since the start, so that the value fits a small integer of V8. */
export const startedAtMs = Date.now();

/** A connection as modules and commands see it. Rarely used members are created on first use. */
abstract class SharedContext implements WSContext {
  readonly #connection: Connection;

  constructor(of: Connection | SharedContext) {
    this.#connection = of instanceof SharedContext ? of.#connection : of;
  }

  abstract readonly connection: ConnectionContext;

  get id(): string {
    return this.#connection.id;
  }

  get moduleFlag(): string {
    return this.#connection.module.flag;
  }

  get route(): string {
    return this.#connection.route;
  }

  // A checked part has the types that the module's own context declares.
  get params(): Readonly<Record<string, string>> {
    return (this.#connection.checked?.params as Handshake["params"] | undefined) ?? this.#connection.params;
  }

  get query(): URLSearchParams {
    const connection = this.#connection;
    const checked: unknown = connection.checked?.query;
    if (checked !== undefined) return checked as URLSearchParams;
    if (typeof connection.query === "string") connection.query = new URLSearchParams(connection.query);
    return connection.query;
  }

  get cookies(): Readonly<Record<string, string>> {
    const checked = this.#connection.checked?.cookies as Readonly<Record<string, string>> | undefined;
    return checked ?? readCookies(this.#rawHeaders.cookie);
  }

  get headers(): Handshake["headers"] {
    return (this.#connection.checked?.headers as Handshake["headers"] | undefined) ?? this.#rawHeaders;
  }

  get #rawHeaders(): Handshake["headers"] {
    const connection = this.#connection;
    if (typeof connection.headers === "string") connection.headers = unpackHeaders(connection.headers);
    return connection.headers;
  }

  get remoteAddress(): string {
    return this.#connection.remoteAddress;
  }

  get connectedAt(): Date {
    return new Date(startedAtMs + this.#connection.connectedAfterMs);
  }

  get subprotocol(): string {
    return this.#connection.subprotocol;
  }

  get state(): Record<string, unknown> {
    this.#connection.state ??= {};
    return this.#connection.state;
  }

  get log(): Logger {
    this.#connection.log ??= this.#connection.module.log.child({ connection: this.id });
    return this.#connection.log;
  }

  get signal(): AbortSignal {
    return this.#connection.signal;
  }

  get rooms(): ReadonlySet<string> {
    return this.#connection.rooms ?? noRooms;
  }

  get module(): ModulePush {
    return this.#connection.module.push;
  }

  get server(): ServerModules {
    return this.#connection.module.push.server;
  }

  get<T = unknown>(key: string): T | undefined {
    return this.#connection.store?.get(key) as T | undefined;
  }

  set(key: string, value: unknown): void {
    this.#connection.store ??= new Map();
    this.#connection.store.set(key, value);
  }

  send(message: unknown, options?: SendOptions): boolean {
    const payload = this.#connection.module.encodeMessage(message);
    return this.#connection.transmit(payload, options?.compress);
  }

  emit(name: string, data: unknown, options?: SendOptions): boolean {
    const { flag, observers } = this.#connection.module;
    if (!observers.isActive) return this.#emit(name, data, options);
    const watch = observers.watch((observer) => observer.pushBegan?.({ flag, event: name }));
    let isSent = false;
    try {
      isSent = this.#emit(name, data, { ...options, traceparent: watch.traceparent });
    } finally {
      watch.ended({ receivers: isSent ? 1 : 0 });
    }
    return isSent;
  }

  #emit(
    name: string,
    data: unknown,
    options: (SendOptions & { readonly traceparent?: string | undefined }) | undefined,
  ): boolean {
    const message = this.#connection.module.prepareEvent(name, data, options);
    if (message === undefined) return false;
    const { payload, compress, delivery } = message;
    // A message without rules of its own is cheaper to send as its payload.
    return delivery?.policy === undefined
      ? this.#connection.transmit(payload, compress, delivery)
      : this.#connection.transmitPrepared(message, true);
  }

  get bufferedBytes(): number {
    return this.#connection.bufferedBytes;
  }

  drained(): Promise<boolean> {
    return this.#connection.drained();
  }

  close(code?: number, reason?: string): void {
    this.#connection.close(code, reason);
  }

  join(room: string): void {
    this.#connection.module.registry.enter(this.#connection, "rooms", room);
  }

  leave(room: string): void {
    this.#connection.module.registry.leave(this.#connection, "rooms", room);
  }

  tag(tag: string): void {
    this.#connection.module.registry.enter(this.#connection, "tags", tag);
  }

  untag(tag: string): void {
    this.#connection.module.registry.leave(this.#connection, "tags", tag);
  }

  async joined(): Promise<void> {
    await this.#connection.module.registry.whenReached(this.#connection);
  }
}

/** The context for `connect`, `close` and `disconnect`. */
export class ConnectionContext extends SharedContext {
  get connection(): ConnectionContext {
    return this;
  }
}

/** The context of one running command: the context of its connection, with the data of this execution. */
export class RunningCommand extends SharedContext implements CommandContext {
  readonly connection: ConnectionContext;
  /** Empty if the message has no command. */
  readonly command: string;
  readonly correlationId: unknown;
  #isLimited = false;
  #own: AbortController | undefined;
  #granted: Record<string, unknown> | undefined;
  #state: Record<string, unknown> | undefined;
  #release: (() => void) | undefined;

  constructor(connection: ConnectionContext, command: string, correlationId: unknown) {
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

  /** The state of the connection, with the fields that guards returned for this message. */
  override get state(): Record<string, unknown> {
    return this.#state ?? super.state;
  }

  /** Adds fields that a guard returned. Other messages of the connection do not see them. */
  grant(fields: Readonly<Record<string, unknown>>): void {
    this.#granted = { ...this.#granted, ...fields };
    this.#state = overlay(super.state, this.#granted);
  }

  /** Called before a command with a time limit runs. */
  limitTime(): void {
    this.#isLimited = true;
  }

  get hasTimedOut(): boolean {
    return this.#own?.signal.aborted === true;
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
 * A state that has more fields than another, and is this other state in everything else: what is stored in it is stored there.
 * A field that is stored or deleted is no longer one of the added ones.
 */
function overlay(
  state: Record<string, unknown>,
  added: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  // A field that is not found in the target is read from its prototype, the other state.
  const target: Record<string, unknown> = Object.create(state, Object.getOwnPropertyDescriptors(added));
  return new Proxy(target, {
    set: (_target, key, value) => Reflect.deleteProperty(target, key) && Reflect.set(state, key, value),
    deleteProperty: (_target, key) =>
      Reflect.deleteProperty(target, key) && Reflect.deleteProperty(state, key),
    ownKeys: () => [...new Set([...Reflect.ownKeys(state), ...Reflect.ownKeys(target)])],
    getOwnPropertyDescriptor(_target, key) {
      const found =
        Reflect.getOwnPropertyDescriptor(target, key) ?? Reflect.getOwnPropertyDescriptor(state, key);
      // A proxy must not show a fixed property that its target does not have.
      return found && { ...found, configurable: true };
    },
  });
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
