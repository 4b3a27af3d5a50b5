import { randomUUID } from "node:crypto";
import type { Duplex } from "node:stream";
import { contain, createAbortController, type Entry, report } from "../boundary.js";
import { CloseCode, isSendableCloseCode, truncateCloseReason } from "../close-codes.js";
import type { Payload } from "../protocol/codec.js";
import { ConnectionContext, type Handshake } from "./context.js";
import { DeflateOutbox } from "./deflate-outbox.js";
import { endConnection } from "./end-connection.js";
import { PreparedMessage } from "./frame.js";
import { Heartbeat } from "./heartbeat.js";
import { type InboundFrame, InboundQueue } from "./inbound-queue.js";
import { TokenBucket } from "./limits.js";
import type { ModuleRuntime } from "./module-runtime.js";
import type { Resumption } from "./resumption.js";
import { SocketOutbox } from "./socket-outbox.js";
import { type Delivery, WaitingMessages } from "./waiting-messages.js";
import type { ModuleSocket } from "./ws-internals/module-socket.js";

type State = "connecting" | "open" | "closing" | "ended";

/** The options behind the errors of ws, by their codes. */
const faultOptions: ReadonlyMap<unknown, string> = new Map([
  ["WS_ERR_UNSUPPORTED_MESSAGE_LENGTH", "setMaxMessageSize"],
  ["WS_ERR_TOO_MANY_BUFFERED_PARTS", "setMaxFragments"],
]);

/** One connection from the handshake to its end. Members that an idle one does not need are created on first use. */
export class Connection {
  /** Unique across processes: a UUID, version 4. */
  readonly id: string = randomUUID();
  readonly module: ModuleRuntime;
  readonly context: ConnectionContext;
  /** Undefined until the first `join`. */
  rooms: Set<string> | undefined;
  /** Undefined until the first `tag`. */
  tags: Set<string> | undefined;
  /** Undefined until the client announces that it can resume. */
  resumption: Resumption | undefined;
  #state: State = "connecting";
  #heartbeat: Heartbeat | undefined;
  #inbound: InboundQueue | undefined;
  #outbox: SocketOutbox | DeflateOutbox | undefined;
  #bucket: TokenBucket | undefined;
  #abort: AbortController | undefined;
  /** Messages sent before the handshake was answered, or while a batch is. */
  #held: WaitingMessages<PreparedMessage> | undefined;
  /** The finished replies of each running batch. */
  #batches: Set<() => readonly Payload[]> | undefined;
  #stored: Promise<void> | undefined;
  #isDraining = false;
  /** Among the limits of the module. */
  #hasPlace = true;
  #closeOnOpen: readonly [code: number, reason: string] | undefined;

  constructor(module: ModuleRuntime, handshake: Handshake) {
    this.module = module;
    this.context = new ConnectionContext(this, handshake);
  }

  /** Undefined until the handshake is answered. */
  get #ws(): ModuleSocket | undefined {
    return this.#heartbeat?.ws;
  }

  get isOpen(): boolean {
    return this.#state === "open" || this.#state === "connecting";
  }

  get isEnded(): boolean {
    return this.#state === "ended";
  }

  get signal(): AbortSignal {
    const controller = this.#openController();
    if (this.#state === "ended") controller.abort();
    return controller.signal;
  }

  /** The handshake was answered: what `connect` sent goes out, in order. */
  open(ws: ModuleSocket, socket: Duplex): void {
    const { registry, counters, log } = this.module;
    this.#heartbeat = new Heartbeat(ws, socket);
    this.#state = "open";
    this.context.compact();
    counters.accepted += 1;
    registry.add(this);
    ws.owner = this;
    this.#stored = registry.store(this);
    log.debug({ connection: this.id, remoteAddress: this.context.remoteAddress }, "connected");
    this.#sendHeld();
    if (this.#closeOnOpen !== undefined) this.close(...this.#closeOnOpen);
  }

  /** The handshake was refused: no hook runs. */
  abandon(): void {
    this.#end();
  }

  /** Called if the client leaves while `connect` runs. Aborts the signal and drops later messages. */
  leaveEarly(): void {
    if (this.#heartbeat !== undefined || this.isEnded) return;
    this.#state = "closing";
    this.#openController().abort();
  }

  /** `connect` took too long and its client was refused: as `leaveEarly`, and the place is free for others. */
  leaveLate(): void {
    this.leaveEarly();
    this.#freePlace();
  }

  /** False: the client is gone. */
  transmit(payload: Payload, compress?: boolean): boolean {
    if (this.#state !== "open" || this.#batches !== undefined) {
      return this.transmitPrepared(new PreparedMessage(payload, { compress }), true);
    }
    return this.#count(this.#openOutbox()?.send(payload, compress));
  }

  /** `isOwn`: the connection's own code sends it, not a push. False: the client is gone. */
  transmitPrepared(message: PreparedMessage, isOwn = false): boolean {
    if (this.#state === "connecting") return this.#keepEarly(message, isOwn);
    if (this.#state !== "open") return false;
    // The replay comes to it in its turn.
    if (message.stream !== undefined && this.resumption?.isReplaying(message.stream)) return true;
    if (this.#batches !== undefined) return this.#keepBehindBatch(message);
    return this.#count(this.#openOutbox()?.sendPrepared(message));
  }

  #count(isSent: boolean | undefined): boolean {
    if (isSent) this.module.counters.messagesOut += 1;
    return isSent === true;
  }

  get bufferedBytes(): number {
    return (this.#held?.bytes ?? 0) + (this.#outbox?.bufferedBytes ?? 0);
  }

  /** True once the client has taken all that was sent; false when the connection ends before. */
  drained(): Promise<boolean> {
    if (this.#state !== "open") return Promise.resolve(false);
    return new Promise((resolve) => this.#openOutbox()?.whenDrained(resolve));
  }

  /** Calls back once the client has taken all that was sent; never when it ends before. */
  whenDrained(callback: () => void): void {
    if (this.#state !== "open") return;
    this.#openOutbox()?.whenDrained((isDrained) => {
      if (isDrained) callback();
    });
  }

  /** Starts the closing handshake; during `connect`, as soon as the connection is open. */
  close(code: number = CloseCode.normal, reason: string = ""): void {
    if (!isSendableCloseCode(code)) {
      throw new RangeError(`${code} is not a valid close code; allowed: 1000–1003, 1007–1014, 3000–4999.`);
    }
    // Plain JavaScript may pass null, or anything else.
    const text = truncateCloseReason(String(reason ?? ""));
    if (this.#state === "connecting") this.#closeOnOpen ??= [code, text];
    if (this.#state !== "open") return;
    this.#ws?.close(code, text);
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
    this.#releaseBatches();
    this.#state = "closing";
    this.#outbox?.finish();
  }

  receive(raw: Buffer, isBinary: boolean): void {
    // While it drains, what ws had read and was still decompressing comes too late to be answered.
    if (this.#state !== "open" || this.#isDraining) return;
    this.module.counters.messagesIn += 1;
    const inbound = this.#inbound ?? this.#openInbound();
    // A probe asks whether the connection is alive, so it does not wait behind a slow command.
    if (!inbound.isIdle && this.module.dispatcher.answerProbe(this, { raw, isBinary })) return;
    inbound.add({ raw, isBinary });
  }

  /** The socket is closed, or was before the handshake could be answered. Runs the module's hooks, once. */
  onSocketClose(code: number, reason: string): void {
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
    await this.#inbound?.idle();
  }

  checkTime(nowMs: number): void {
    try {
      const cause = this.#state === "open" ? this.#findDead(nowMs) : undefined;
      if (cause === undefined) return;
      this.module.counters.timedOut += 1;
      this.context.log.info({ cause }, "connection dropped");
      this.terminate();
    } catch (error) {
      report(this.#place("tick"), error);
      contain(
        this.#place("tick"),
        () => this.terminate(),
        () => undefined,
      );
    }
  }

  /** A ping or a pong of ws, which writes it past the outbox. */
  betweenFrames(write: () => void): void {
    if (this.#outbox === undefined) write();
    else this.#outbox.betweenFrames(write);
  }

  /** The client broke the protocol or a limit of it, and ws closes the connection. */
  onProtocolError(error: unknown): void {
    const { code = "WS_ERR", message = "" } = error as { code?: string; message?: string };
    const reason = code === "WS_ERR_UNSUPPORTED_MESSAGE_LENGTH" ? "message_too_big" : "protocol_error";
    this.noteRefusal(reason, faultOptions.get(code) ?? "RFC 6455", `${code}: ${message}`);
  }

  /** A method that a WebSocket's event called threw an error. */
  onSocketEventError(error: unknown): void {
    this.#failed("socketEvent", error);
  }

  /** Called if more than the limit waits and no message may be dropped. */
  onSlowConsumer(): void {
    this.module.counters.slowConsumers += 1;
    this.context.log.info({}, "slow consumer: connection closed");
    this.close(CloseCode.tryAgainLater, "The client reads too slowly.");
  }

  /** Writing threw an error. */
  onFlushError(error: unknown): void {
    this.#failed("flush", error);
  }

  /** The client's next commands wait until `releaseCommands`. */
  holdCommands(): void {
    this.#openInbound().hold();
  }

  releaseCommands(): void {
    this.#inbound?.release();
  }

  /** Counts messages that the policy for slow consumers dropped. */
  onMessagesDropped(count: number): void {
    this.module.counters.messagesDropped += count;
  }

  /** Handles one frame; undefined when that is done at once. */
  handleFrame(frame: InboundFrame): Promise<void> | undefined {
    return this.module.dispatcher.handleFrame(this, frame);
  }

  /**
   * A batch is being answered: what else is sent waits until `release`, or until too much of it does or the connection
   * closes. Before it goes what `takeReplies` gives.
   */
  hold(takeReplies: () => readonly Payload[]): { release(): void } {
    this.#batches ??= new Set();
    this.#batches.add(takeReplies);
    return {
      release: () => {
        const isLast = this.#batches?.delete(takeReplies) === true && this.#batches.size === 0;
        this.#sendReplies(takeReplies);
        if (isLast) this.#releaseBatches();
      },
    };
  }

  /** Called for an unexpected error in handling a frame. */
  onMessageError(error: unknown): void {
    this.context.log.error({ err: error }, "handling a message failed");
    this.close(CloseCode.internalError);
  }

  pauseReading(): void {
    if (this.#state === "open") this.#ws?.pause();
  }

  resumeReading(): void {
    if (!this.#isDraining) this.#ws?.resume();
  }

  /** True if one more command of this client may run now. */
  takeToken(): boolean {
    const { commandRate } = this.module.config;
    if (commandRate === undefined) return true;
    this.#bucket ??= new TokenBucket(commandRate);
    if (this.#bucket.take()) return true;
    this.noteRefusal("too_many_commands", "setCommandRate");
    return false;
  }

  /** Logs a refusal of the client. */
  noteRefusal(reason: string, decidedBy: string, found?: string): void {
    const { id: connection, module, context } = this;
    const { remoteAddress } = context;
    module.refusals.note(reason, { decidedBy, remoteAddress, connection, found });
  }

  #failed(entry: Entry, error: unknown): void {
    report(this.#place(entry), error);
    contain(
      this.#place(entry),
      () => this.close(CloseCode.internalError),
      () => this.terminate(),
    );
  }

  #place(entry: Entry) {
    return { entry, log: this.module.log, connection: this.id };
  }

  /** The reason to drop the connection. While data waits for a client, its reading counts instead of its pongs. */
  #findDead(nowMs: number): "write stalled" | "no pong" | undefined {
    const { config } = this.module;
    const stalledMs = this.#outbox?.stalledMs(nowMs);
    if (stalledMs === undefined)
      return this.#heartbeat?.check(nowMs, config) === false ? "no pong" : undefined;
    this.#heartbeat?.excuse();
    return stalledMs > config.writeWait * 1_000 ? "write stalled" : undefined;
  }

  #end(): void {
    this.#state = "ended";
    this.#held = undefined;
    this.#batches = undefined;
    this.#abort?.abort();
    this.module.registry.remove(this);
    this.#freePlace();
    // Commands that it made wait run now.
    this.#outbox?.discard();
  }

  #freePlace(): void {
    if (!this.#hasPlace) return;
    this.#hasPlace = false;
    this.module.limits.leave(this.context.remoteAddress);
  }

  /** What others send is limited as it is for a slow client; what `connect` sends itself is its own matter. */
  #keepEarly(message: PreparedMessage, isOwn: boolean): boolean {
    const { maxWaitingBytes, policy } = this.module.outboxRules;
    this.#held ??= new WaitingMessages();
    const replaced = this.#held.add(message, isOwn ? exempt : message.delivery);
    const { dropped, fits } = this.#held.limit(maxWaitingBytes, policy);
    this.onMessagesDropped(replaced + dropped);
    if (fits) return true;
    this.#held = undefined;
    this.onSlowConsumer();
    this.#state = "closing";
    return false;
  }

  #keepBehindBatch(message: PreparedMessage): true {
    this.#held ??= new WaitingMessages();
    this.#held.add(message, exempt);
    if (this.#held.exemptBytes > this.module.outboxRules.maxWaitingBytes) this.#releaseBatches();
    return true;
  }

  /** The replies that are done, then what waited behind them. */
  #releaseBatches(): void {
    const batches = this.#batches ?? [];
    this.#batches = undefined;
    for (const takeReplies of batches) this.#sendReplies(takeReplies);
    this.#sendHeld();
  }

  #sendReplies(takeReplies: () => readonly Payload[]): void {
    if (this.#state !== "open") return;
    for (const payload of takeReplies()) {
      this.#openOutbox()?.send(payload);
      this.module.counters.messagesOut += 1;
    }
  }

  #openController(): AbortController {
    this.#abort ??= createAbortController(() => this.#place("abortListener"));
    return this.#abort;
  }

  #openInbound(): InboundQueue {
    this.#inbound ??= new InboundQueue(this, this.module.inboundLimits);
    return this.#inbound;
  }

  #openOutbox(): SocketOutbox | DeflateOutbox | undefined {
    if (this.#heartbeat !== undefined) this.#outbox ??= this.#createOutbox(this.#heartbeat);
    return this.#outbox;
  }

  /** Compressed messages go through ws, the others past it. */
  #createOutbox({ ws, socket }: Heartbeat): SocketOutbox | DeflateOutbox {
    const { config, outboxRules } = this.module;
    if (ws.extensions === "") return new SocketOutbox(socket, outboxRules, this);
    const thresholdBytes = config.compression?.threshold ?? 0;
    return new DeflateOutbox({ ws, socket, thresholdBytes }, outboxRules, this);
  }

  #sendHeld(): void {
    const held = this.#held?.items() ?? [];
    this.#held = undefined;
    for (const message of held) this.transmitPrepared(message);
  }
}

/** Waits without a limit and is never dropped. */
const exempt: Delivery = { policy: "replay" };
