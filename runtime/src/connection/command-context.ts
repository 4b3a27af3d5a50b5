import type { CommandContext, Logger, ModulePush, SendOptions, WSContext } from "../contract.js";
import type { Call } from "../protocol/envelope.js";

/** One running command: its connection's context, and what belongs to this execution alone. */
export class RunningCommand implements CommandContext {
  readonly #ctx: WSContext;
  readonly #call: Call;
  #abort: AbortController | undefined;

  constructor(ctx: WSContext, call: Call) {
    this.#ctx = ctx;
    this.#call = call;
  }

  get command(): string {
    return this.#call.command;
  }

  get correlationId(): unknown {
    return this.#call.correlationId;
  }

  get signal(): AbortSignal {
    return this.#abort?.signal ?? this.#ctx.signal;
  }

  /** Gives this execution a signal of its own, which also follows the connection's; returns what ends it. */
  limit(): { abort(reason: unknown): void; release(): void } {
    const abort = new AbortController();
    const parent = this.#ctx.signal;
    const follow = () => abort.abort(parent.reason);
    if (parent.aborted) follow();
    else parent.addEventListener("abort", follow, { once: true });
    this.#abort = abort;
    return {
      abort: (reason) => abort.abort(reason),
      release: () => parent.removeEventListener("abort", follow),
    };
  }

  get id(): string {
    return this.#ctx.id;
  }

  get moduleFlag(): string {
    return this.#ctx.moduleFlag;
  }

  get route(): string {
    return this.#ctx.route;
  }

  get params(): Readonly<Record<string, string>> {
    return this.#ctx.params;
  }

  get query(): URLSearchParams {
    return this.#ctx.query;
  }

  get headers(): Readonly<Record<string, string | string[] | undefined>> {
    return this.#ctx.headers;
  }

  get remoteAddress(): string {
    return this.#ctx.remoteAddress;
  }

  get connectedAt(): Date {
    return this.#ctx.connectedAt;
  }

  get subprotocol(): string {
    return this.#ctx.subprotocol;
  }

  get state(): Record<string, unknown> {
    return this.#ctx.state;
  }

  get log(): Logger {
    return this.#ctx.log;
  }

  get rooms(): ReadonlySet<string> {
    return this.#ctx.rooms;
  }

  get module(): ModulePush {
    return this.#ctx.module;
  }

  get<T = unknown>(key: string): T | undefined {
    return this.#ctx.get<T>(key);
  }

  set(key: string, value: unknown): void {
    this.#ctx.set(key, value);
  }

  send(message: unknown, options?: SendOptions): boolean {
    return this.#ctx.send(message, options);
  }

  event(name: string, data: unknown, options?: SendOptions): boolean {
    return this.#ctx.event(name, data, options);
  }

  close(code?: number, reason?: string): void {
    this.#ctx.close(code, reason);
  }

  join(room: string): void {
    this.#ctx.join(room);
  }

  leave(room: string): void {
    this.#ctx.leave(room);
  }

  tag(tag: string): void {
    this.#ctx.tag(tag);
  }

  untag(tag: string): void {
    this.#ctx.untag(tag);
  }
}
