import type { ModuleRuntime } from "./connection/module-runtime.js";
import { type PackedHeaders, packHeaders, unpackHeaders } from "./connection/packed-headers.js";
import type { Logger, ModulePush, SendOptions, WSContext } from "./contract.js";
import type { Payload } from "./protocol/codec.js";
import type { LiveConnection } from "./push/live-connection.js";

/** What the handshake told about a connection. */
export interface Handshake {
  readonly route: string;
  readonly params: Readonly<Record<string, string>>;
  /** Without the question mark. */
  readonly queryString: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly remoteAddress: string;
  readonly subprotocol: string;
  /** What the middlewares left; undefined: there were none. */
  readonly state: Record<string, unknown> | undefined;
}

/** The connection behind a context. */
export interface ContextOwner extends LiveConnection {
  readonly module: ModuleRuntime;
  readonly signal: AbortSignal;
  transmit(payload: Payload, compress?: boolean): boolean;
}

const noRooms: ReadonlySet<string> = new Set();

/** Times are kept from here on: a small integer takes no memory of its own. */
const startedAtMs = Date.now();

/** A connection as modules and commands see it. What few connections use is made on first use. */
export class ConnectionContext implements WSContext {
  readonly #connection: ContextOwner;
  readonly #route: string;
  readonly #params: Handshake["params"];
  readonly #remoteAddress: string;
  readonly #subprotocol: string;
  readonly #connectedAfterMs = Math.trunc(Date.now() - startedAtMs);
  #headers: Handshake["headers"] | PackedHeaders;
  #query: URLSearchParams | string;
  #state: Handshake["state"];
  #log: Logger | undefined;
  #store: Map<string, unknown> | undefined;

  constructor(connection: ContextOwner, handshake: Handshake) {
    this.#connection = connection;
    this.#route = handshake.route;
    this.#params = handshake.params;
    this.#remoteAddress = handshake.remoteAddress;
    this.#subprotocol = handshake.subprotocol;
    this.#headers = handshake.headers;
    this.#query = handshake.queryString;
    this.#state = handshake.state;
  }

  get id(): string {
    return this.#connection.id;
  }

  get moduleFlag(): string {
    return this.#connection.module.flag;
  }

  get route(): string {
    return this.#route;
  }

  get params(): Readonly<Record<string, string>> {
    return this.#params;
  }

  get query(): URLSearchParams {
    if (typeof this.#query === "string") this.#query = new URLSearchParams(this.#query);
    return this.#query;
  }

  get headers(): Handshake["headers"] {
    if (typeof this.#headers === "string") this.#headers = unpackHeaders(this.#headers);
    return this.#headers;
  }

  /** Packs what is seldom asked for once the connection is open. */
  compact(): void {
    if (typeof this.#headers === "object") this.#headers = packHeaders(this.#headers);
  }

  get remoteAddress(): string {
    return this.#remoteAddress;
  }

  get connectedAt(): Date {
    return new Date(startedAtMs + this.#connectedAfterMs);
  }

  get subprotocol(): string {
    return this.#subprotocol;
  }

  get state(): Record<string, unknown> {
    this.#state ??= {};
    return this.#state;
  }

  get log(): Logger {
    this.#log ??= this.#connection.module.log.child({ connection: this.id });
    return this.#log;
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

  get<T = unknown>(key: string): T | undefined {
    return this.#store?.get(key) as T | undefined;
  }

  set(key: string, value: unknown): void {
    this.#store ??= new Map();
    this.#store.set(key, value);
  }

  send(message: unknown, options?: SendOptions): boolean {
    return this.#connection.transmit(this.#connection.module.encodeMessage(message), options?.compress);
  }

  event(name: string, data: unknown, options?: SendOptions): boolean {
    const message = this.#connection.module.prepareEvent(name, data, options);
    if (message === undefined) return false;
    // A message without rules of its own is cheaper to send as its payload.
    return message.delivery === undefined
      ? this.#connection.transmit(message.payload, message.compress)
      : this.#connection.transmitPrepared(message);
  }

  close(code?: number, reason?: string): void {
    this.#connection.close(code, reason);
  }

  join(room: string): void {
    this.#connection.module.index.join(this.#connection, room);
  }

  leave(room: string): void {
    this.#connection.module.index.leave(this.#connection, room);
  }

  tag(tag: string): void {
    this.#connection.module.index.tag(this.#connection, tag);
  }

  untag(tag: string): void {
    this.#connection.module.index.untag(this.#connection, tag);
  }
}
