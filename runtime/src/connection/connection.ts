import type { Duplex } from "node:stream";
import { ConnectionContext, type ContextOwner, type Handshake } from "../context.js";
import { CloseCode, isSendableCloseCode, truncateCloseReason } from "../protocol/close-codes.js";
import type { Payload } from "../protocol/codec.js";
import type { DispatchTarget } from "../protocol/dispatch-target.js";
import type { Resumption } from "../replay/resumption.js";
import { newConnectionId } from "./connection-id.js";
import { DeflateOutbox } from "./deflate-outbox.js";
import { endConnection } from "./end-connection.js";
import { type InboundFrame, type InboundOwner, InboundQueue } from "./inbound-queue.js";
import { Liveness } from "./liveness.js";
import type { Timed } from "./liveness-clock.js";
import type { ModuleRuntime } from "./module-runtime.js";
import { listenToSocket, type ModuleSocket, type SocketOwner } from "./module-socket.js";
import type { OutboxOwner } from "./outbox.js";
import { PreparedMessage } from "./prepared-message.js";
import { SocketOutbox } from "./socket-outbox.js";
import { storeConnection } from "./store-connection.js";
import { TokenBucket } from "./token-bucket.js";

type State = "connecting" | "open" | "closing" | "ended";

/** A handshake that was answered with 101. */
export interface OpenSocket {
  readonly ws: ModuleSocket;
  readonly socket: Duplex & { readonly bytesRead?: number };
}

/** One connection from the handshake to its end. */
export class Connection
  implements ContextOwner, SocketOwner, OutboxOwner, InboundOwner, DispatchTarget, Timed
{
  readonly id = newConnectionId();
  readonly module: ModuleRuntime;
  readonly context: ConnectionContext;
  rooms: Set<string> | undefined;
  tags: Set<string> | undefined;
  resumption: Resumption | undefined;
  readonly #inbound: InboundQueue;
  #state: State = "connecting";
  #ws: ModuleSocket | undefined;
  #outbox: SocketOutbox | DeflateOutbox | undefined;
  #liveness: Liveness | undefined;
  #bucket: TokenBucket | undefined;
  #abort: AbortController | undefined;
  /** What was sent before the handshake was answered. */
  #early: PreparedMessage[] | undefined;
  #stored: Promise<void> | undefined;
  #isDraining = false;
  #closeOnOpen: readonly [code: number, reason: string] | undefined;

  constructor(module: ModuleRuntime, handshake: Handshake) {
    this.module = module;
    this.context = new ConnectionContext(this, handshake);
    this.#inbound = new InboundQueue(this, module.inboundLimits);
  }

  get isEnded(): boolean {
    return this.#state === "ended";
  }

  get signal(): AbortSignal {
    this.#abort ??= new AbortController();
    if (this.#state === "ended") this.#abort.abort();
    return this.#abort.signal;
  }

  /** The handshake was answered: what `connect` sent goes out, in order. */
  open({ ws, socket }: OpenSocket): void {
    const { config, outboxRules, index, clock, counters } = this.module;
    this.#ws = ws;
    this.#outbox =
      ws.extensions === ""
        ? new SocketOutbox(socket, outboxRules, this)
        : new DeflateOutbox(
            { ws, socket, thresholdBytes: config.compression?.threshold ?? 0 },
            outboxRules,
            this,
          );
    this.#liveness = new Liveness(ws, socket);
    this.#state = "open";
    this.context.compact();
    counters.accepted += 1;
    index.add(this);
    clock.add(this);
    listenToSocket(ws, this);
    this.#stored = storeConnection(this.module, this.context);
    this.module.log.debug({ connection: this.id, remoteAddress: this.context.remoteAddress }, "connected");
    this.#sendEarly(this.#outbox);
  }

  /** The handshake was refused: no hook runs. */
  abandon(): void {
    this.#end();
  }

  /** The client left while `connect` runs: its signal is aborted and nothing can be sent any more. */
  leaveEarly(): void {
    if (this.#state !== "connecting") return;
    this.#state = "closing";
    this.#abort?.abort();
  }

  transmit(payload: Payload, compress?: boolean): boolean {
    if (this.#state === "connecting") return this.#keepEarly(new PreparedMessage(payload, compress));
    if (this.#state !== "open") return false;
    this.#outbox?.send(payload, compress);
    this.module.counters.messagesOut += 1;
    return true;
  }

  transmitPrepared(message: PreparedMessage): boolean {
    if (this.#state === "connecting") return this.#keepEarly(message);
    if (this.#state !== "open") return false;
    this.#outbox?.sendPrepared(message);
    this.module.counters.messagesOut += 1;
    return true;
  }

  /** Starts the closing handshake; during `connect`, as soon as the connection is open. */
  close(code: number = CloseCode.normal, reason = ""): void {
    if (!isSendableCloseCode(code)) {
      throw new RangeError(
        `${code} cannot be sent as a close code; allowed: 1000–1003, 1007–1014, 3000–4999.`,
      );
    }
    if (this.#state === "connecting") this.#closeOnOpen ??= [code, reason];
    if (this.#state !== "open") return;
    this.#ws?.close(code, truncateCloseReason(reason));
    // The client's close frame is still to be read, even where its messages were made to wait.
    this.#ws?.resume();
  }

  /** Drops the connection without a closing handshake. */
  terminate(): void {
    this.#ws?.terminate();
  }

  /** A close frame is about to be sent, by us or by ws: what was accepted before it goes before it. */
  beforeClose(): void {
    if (this.#state !== "open") return;
    this.#state = "closing";
    this.#outbox?.finish();
  }

  receive(raw: Buffer, isBinary: boolean): void {
    // While it drains, what ws had read and was still decompressing comes too late to be answered.
    if (this.#state !== "open" || this.#isDraining) return;
    this.module.counters.messagesIn += 1;
    this.#inbound.add({ raw, isBinary });
  }

  /** The socket is closed, or was before the handshake could be answered. Runs the module's hooks, once. */
  socketClosed(code: number, reason: string): void {
    if (this.isEnded) return;
    this.#end();
    const ended = { id: this.id, module: this.module, context: this.context, stored: this.#stored };
    const ending = endConnection(ended, this.#inbound, { code, reason });
    if (ending !== undefined) this.module.endings.add(ending);
  }

  /** Resolves once every command that was accepted is done. The client is not read any more. */
  async drain(): Promise<void> {
    this.#isDraining = true;
    this.pauseReading();
    await this.#inbound.idle();
  }

  checkTime(nowMs: number): void {
    if (this.#state !== "open" || this.#outbox === undefined || this.#liveness === undefined) return;
    const { blockedSinceMs } = this.#outbox;
    const { config, counters } = this.module;
    const isStalled = blockedSinceMs > 0 && nowMs - blockedSinceMs > config.writeWait * 1_000;
    if (!isStalled && this.#liveness.check(nowMs, config)) return;
    counters.timedOut += 1;
    this.context.log.info({ cause: isStalled ? "write stalled" : "no pong" }, "connection dropped");
    this.terminate();
  }

  // What the outbox, the inbound queue and the dispatcher ask for.

  slowConsumer(): void {
    this.module.counters.slowConsumers += 1;
    this.context.log.info({}, "slow consumer: connection closed");
    this.close(CloseCode.tryAgainLater, "The client reads too slowly.");
  }

  messagesDropped(count: number): void {
    this.module.counters.messagesDropped += count;
  }

  handle(frame: InboundFrame): Promise<void> | undefined {
    return this.module.dispatcher.dispatch(this, frame);
  }

  resume(message: unknown): boolean {
    return this.module.replayer.receive(this, message);
  }

  handlingFailed(error: unknown): void {
    this.context.log.error({ err: error }, "a message could not be handled");
    this.close(CloseCode.internalError);
  }

  pauseReading(): void {
    if (this.#state === "open") this.#ws?.pause();
  }

  resumeReading(): void {
    if (!this.#isDraining) this.#ws?.resume();
  }

  takeToken(): boolean {
    const { commandRate } = this.module.config;
    if (commandRate === undefined) return true;
    this.#bucket ??= new TokenBucket(commandRate);
    return this.#bucket.take();
  }

  #end(): void {
    const { index, clock, limits } = this.module;
    this.#state = "ended";
    this.#early = undefined;
    this.#outbox?.discard();
    this.#abort?.abort();
    index.remove(this);
    clock.delete(this);
    limits.leave(this.context.remoteAddress);
  }

  #keepEarly(message: PreparedMessage): true {
    this.#early ??= [];
    this.#early.push(message);
    return true;
  }

  #sendEarly(outbox: SocketOutbox | DeflateOutbox): void {
    for (const message of this.#early ?? []) outbox.sendPrepared(message);
    this.module.counters.messagesOut += this.#early?.length ?? 0;
    this.#early = undefined;
    if (this.#closeOnOpen !== undefined) this.close(...this.#closeOnOpen);
  }
}
