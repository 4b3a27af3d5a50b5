import { randomUUID } from "node:crypto";
import type { Duplex } from "node:stream";
import { contain, createAbortController, type Entry, report } from "../boundary.js";
import { CloseCode, isSendableCloseCode, truncateCloseReason } from "../close-codes.js";
import type { Logger } from "../contract.js";
import { withCode } from "../error-codes.js";
import type { Payload } from "../protocol/codec.js";
import { ConnectionContext, type Handshake, startedAtMs } from "./context.js";
import { DeflateOutbox } from "./deflate-outbox.js";
import { endConnection } from "./end-connection.js";
import { PreparedMessage, type QueuedItem } from "./frame.js";
import { type PackedHeaders, packHeaders } from "./headers.js";
import { Heartbeat } from "./heartbeat.js";
import { type InboundFrame, InboundQueue } from "./inbound-queue.js";
import { TokenBucket } from "./limits.js";
import type { ModuleRuntime } from "./module-runtime.js";
import type { DropCause } from "./observers.js";
import type { Resumption } from "./resumption.js";
import { SocketOutbox } from "./socket-outbox.js";
import { type Delivery, exempt, type WaitingMessage, WaitingMessages } from "./waiting-messages.js";
import type { ModuleSocket } from "./ws-internals/module-socket.js";

type State = "connecting" | "open" | "closing" | "ended";

/** The options that cause the errors of ws, by error code. */
const faultOptions: ReadonlyMap<unknown, string> = new Map([
  ["WS_ERR_UNSUPPORTED_MESSAGE_LENGTH", "setMaxMessageSize"],
  ["WS_ERR_TOO_MANY_BUFFERED_PARTS", "setMaxFragments"],
]);

/** One connection from the handshake to its end. Members that an idle one does not need are created on first use. */
export class Connection {
  /** Unique across processes: a UUID, version 4. Copied to a flat string: `randomUUID` joins 15 strings, 420 bytes more. */
  readonly id = Buffer.from(randomUUID()).toString();
  readonly module: ModuleRuntime;
  readonly context: ConnectionContext;
  readonly route: string;
  readonly params: Handshake["params"];
  readonly remoteAddress: string;
  readonly subprotocol: string;
  readonly connectedAfterMs = Math.trunc(Date.now() - startedAtMs);
  /** Its number in the order of opening, from 1; 0 until it is open. */
  serial = 0;
  messagesIn = 0;
  messagesOut = 0;
  /** Packed when the connection is open, until the first use. */
  headers: Handshake["headers"] | PackedHeaders;
  query: URLSearchParams | string;
  /** The state of the middlewares. */
  state: Handshake["state"];
  readonly checked: Handshake["checked"];
  log: Logger | undefined;
  /** The values of `ctx.set`. */
  store: Map<string, unknown> | undefined;
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
  /** Messages that were sent before the handshake was answered, or while a batch runs. */
  #held: WaitingMessages<PreparedMessage> | undefined;
  /** The finished replies of each running batch. */
  #batches: Set<() => readonly Payload[]> | undefined;
  #stored: Promise<void> | undefined;
  #isDraining = false;
  /** True if the connection counts toward the limits of the module. */
  #hasPlace = true;
  #closeOnOpen: readonly [code: number, reason: string] | undefined;

  constructor(module: ModuleRuntime, handshake: Handshake) {
    this.module = module;
    this.route = handshake.route;
    this.params = handshake.params;
    this.remoteAddress = handshake.remoteAddress;
    this.subprotocol = handshake.subprotocol;
    this.headers = handshake.headers;
    this.query = handshake.queryString;
    this.state = handshake.state;
    this.checked = handshake.checked;
    this.context = new ConnectionContext(this);
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

  /** Called when the handshake was answered. Sends the messages of `connect`, in order. */
  open(ws: ModuleSocket, socket: Duplex): void {
    const { registry, counters, log, observers } = this.module;
    this.#heartbeat = new Heartbeat(ws, socket);
    this.#state = "open";
    if (typeof this.headers === "object") this.headers = packHeaders(this.headers);
    counters.accepted += 1;
    registry.add(this);
    ws.owner = this;
    this.#stored = registry.store(this);
    if (observers.isActive) observers.notify((observer) => observer.connectionOpened?.(this));
    log.debug({ connection: this.id, remoteAddress: this.remoteAddress }, "connected");
    this.#sendHeld();
    registry.announce(this);
    if (this.#closeOnOpen !== undefined) this.close(...this.#closeOnOpen);
  }

  /** Called when the handshake was refused. Runs no hook. */
  abandon(): void {
    this.#end();
  }

  /** Called if the client leaves while `connect` runs. Aborts the signal and drops later messages. */
  leaveEarly(): void {
    if (this.#heartbeat !== undefined || this.isEnded) return;
    this.#state = "closing";
    this.#openController().abort();
  }

  /**
   * Called when `connect` took too long and the client was refused. Does the same as `leaveEarly`, and frees the place
   * in the limits.
   */
  leaveLate(): void {
    this.leaveEarly();
    this.#freePlace();
  }

  /** False: the client is gone. */
  transmit(payload: Payload, compress?: boolean, delivery?: Delivery): boolean {
    if (this.#state !== "open" || this.#batches !== undefined) {
      return this.transmitPrepared(new PreparedMessage(payload, { compress, delivery }), true);
    }
    return this.#count(this.#openOutbox()?.send(payload, compress, delivery));
  }

  /** `isOwn`: the connection's own code sends it, not a push. False: the client is gone. */
  transmitPrepared(message: PreparedMessage, isOwn = false): boolean {
    if (this.#state === "connecting") return this.#keepEarly(message, isOwn);
    if (this.#state !== "open") return false;
    // The replay sends it later, in order.
    if (message.stream !== undefined && this.resumption?.isReplaying(message.stream)) return true;
    if (this.#batches !== undefined) return this.#keepBehindBatch(message);
    return this.#count(this.#openOutbox()?.sendPrepared(message));
  }

  #count(isSent: boolean | undefined): boolean {
    if (isSent) {
      this.module.counters.messagesOut += 1;
      this.messagesOut += 1;
    }
    return isSent === true;
  }

  /** The bytes of its socket, with the handshake and what TLS adds; undefined before the handshake is answered. */
  get socketBytes(): { readonly in: number; readonly out: number } | undefined {
    return this.#heartbeat?.socketBytes;
  }

  get bufferedBytes(): number {
    return (this.#held?.bytes ?? 0) + (this.#outbox?.bufferedBytes ?? 0);
  }

  /** The commands of the client that wait for others. */
  get waitingCommands(): number {
    return this.#inbound?.length ?? 0;
  }

  /** The commands of the client that run. */
  get runningCommands(): number {
    return this.#inbound?.running ?? 0;
  }

  /** Resolves to true once the socket has accepted all sent messages, to false if the connection ends before. */
  drained(): Promise<boolean> {
    return new Promise((resolve) => this.whenDrained(resolve));
  }

  /** As `drained`, with a callback, which runs in the turn in which the socket accepts the last bytes. */
  whenDrained(callback: (isDrained: boolean) => void): void {
    if (this.#state === "open") this.#openOutbox()?.whenDrained(callback);
    else callback(false);
  }

  /** Starts the closing handshake; during `connect`, as soon as the connection is open. */
  close(code: number = CloseCode.normal, reason: string = ""): void {
    if (!isSendableCloseCode(code)) {
      const text = `${code} is not a valid close code; allowed: 1000–1003, 1007–1014, 3000–4999.`;
      throw withCode("invalid_close_code", new RangeError(text));
    }
    // JavaScript callers may pass null or any other value.
    const text = truncateCloseReason(String(reason ?? ""));
    if (this.#state === "connecting") this.#closeOnOpen ??= [code, text];
    if (this.#state !== "open") return;
    this.#ws?.close(code, text);
    // Read on even if the socket was paused: the client's close frame has not been read yet.
    this.#ws?.resume();
  }

  /** Drops the connection without a closing handshake. */
  terminate(): void {
    this.#ws?.terminate();
  }

  /** Called before a close frame is sent, by us or by ws. Sends all accepted messages first. */
  beforeClose(): void {
    if (this.#state !== "open") return;
    this.#releaseBatches();
    this.#state = "closing";
    this.#outbox?.finish();
  }

  receive(raw: Buffer, isBinary: boolean): void {
    // During a drain, messages that ws was still decompressing arrive too late for an answer.
    if (this.#state !== "open" || this.#isDraining) return;
    const { counters, observers } = this.module;
    counters.messagesIn += 1;
    this.messagesIn += 1;
    counters.bytesIn += raw.length;
    if (observers.seesMessages)
      observers.notify((observer) => observer.messageReceived?.(this, raw, isBinary));
    const inbound = this.#inbound ?? this.#openInbound();
    // A probe asks whether the connection is alive, so it does not wait behind a slow command.
    if (!inbound.isIdle && this.module.dispatcher.answerProbe(this, { raw, isBinary })) return;
    inbound.add({ raw, isBinary });
  }

  /**
   * Called when the socket is closed, also if it closed before the handshake was answered. Runs the module's hooks
   * once.
   */
  onSocketClose(code: number, reason: string): void {
    if (this.isEnded) return;
    const wasOpen = this.#heartbeat !== undefined;
    this.#end();
    const { id, module, context } = this;
    const { observers } = module;
    if (wasOpen && observers.isActive)
      observers.notify((observer) => observer.connectionEnded?.(this, code, reason));
    const ending = endConnection({ id, module, context, stored: this.#stored, code, reason }, this.#inbound);
    if (ending !== undefined) module.endings.add(ending);
  }

  /** Stops reading from the client. Resolves once all accepted commands are done. */
  async drain(): Promise<void> {
    this.#isDraining = true;
    this.pauseReading();
    await this.#inbound?.idle();
  }

  /** Drops the connection if its client is dead or takes no data. Called at each clock tick. Never throws. */
  checkTime(nowMs: number): void {
    try {
      const cause = this.#state === "open" ? this.#findDead(nowMs) : undefined;
      if (cause === undefined) return;
      this.module.counters.timedOut += 1;
      const { observers } = this.module;
      if (observers.isActive) observers.notify((observer) => observer.connectionDropped?.(this, cause));
      this.context.log.info({ cause }, "connection dropped");
      this.terminate();
    } catch (error) {
      report(this.#place("tick"), error);
      contain(this.#place("tick"), () => this.terminate());
    }
  }

  /** Writes a ping or a pong of ws, which does not go through the outbox. */
  betweenFrames(write: () => void): void {
    if (this.#outbox === undefined) write();
    else this.#outbox.betweenFrames(write);
  }

  /** Called when the client violates the protocol or one of its limits. ws closes the connection. */
  onProtocolError(error: unknown): void {
    const { code = "WS_ERR", message = "" } = error as { code?: string; message?: string };
    const reason = code === "WS_ERR_UNSUPPORTED_MESSAGE_LENGTH" ? "message_too_big" : "protocol_error";
    this.noteRefusal(reason, faultOptions.get(code) ?? "RFC 6455", `${code}: ${message}`);
  }

  /** Called when a handler of a WebSocket event throws. */
  onSocketEventError(error: unknown): void {
    this.#failed("socketEvent", error);
  }

  /** Called if more bytes wait than the limit allows and no message may be dropped. */
  onSlowConsumer(waiting: Pick<WaitingMessages<never>, "heaviestEvent"> | undefined): void {
    const { counters, observers } = this.module;
    counters.slowConsumers += 1;
    if (observers.isActive) {
      const event = waiting?.heaviestEvent;
      observers.notify((observer) => observer.slowConsumerClosed?.(this, event));
    }
    this.context.log.info({}, "slow consumer: connection closed");
    this.close(CloseCode.tryAgainLater, "The client reads too slowly.");
  }

  /** Called when writing throws. */
  onFlushError(error: unknown): void {
    this.#failed("flush", error);
  }

  /** Makes the client's next commands wait until `releaseCommands`. */
  holdCommands(): void {
    this.#openInbound().hold();
  }

  releaseCommands(): void {
    this.#inbound?.release();
  }

  /** Counts messages that the policy for slow consumers dropped. */
  onMessagesDropped(dropped: readonly WaitingMessage<QueuedItem>[]): void {
    const { counters, observers } = this.module;
    counters.messagesDropped += dropped.length;
    if (!observers.isActive) return;
    for (const { item, delivery } of dropped) {
      observers.notify((observer) => observer.messageDropped?.(this, delivery?.event, item));
    }
  }

  /** Handles one frame; undefined when that is done at once. */
  handleFrame(frame: InboundFrame): Promise<void> | undefined {
    return this.module.dispatcher.handleFrame(this, frame);
  }

  /**
   * Called when a batch starts. Other messages wait until `release`, until too many bytes wait, or until the connection
   * closes. The replies from `takeReplies` are sent before them.
   */
  holdOutputForBatch(takeReplies: () => readonly Payload[]): { release(): void } {
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

  /** Called when handling a frame fails unexpectedly. */
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
    const { id: connection, module, remoteAddress } = this;
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

  /**
   * Returns the reason to drop the connection. While data waits for a client, progress of the write counts instead of
   * pongs.
   */
  #findDead(nowMs: number): DropCause | undefined {
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
    // Held commands run now.
    this.#outbox?.discard();
  }

  #freePlace(): void {
    if (!this.#hasPlace) return;
    this.#hasPlace = false;
    this.module.limits.leave(this.remoteAddress);
  }

  /**
   * Keeps a message until the connection is open. Messages from others have the limit of slow consumers; messages that
   * `connect` sends itself have no limit.
   */
  #keepEarly(message: PreparedMessage, isOwn: boolean): boolean {
    const { maxWaitingBytes, policy } = this.module.outboxRules;
    this.#held ??= new WaitingMessages();
    const replaced = this.#held.add(message, isOwn ? exempt : message.delivery);
    if (replaced !== undefined) this.onMessagesDropped([replaced]);
    const { dropped, fits } = this.#held.limit(maxWaitingBytes, policy);
    this.onMessagesDropped(dropped);
    if (fits) return true;
    const held = this.#held;
    this.#held = undefined;
    this.onSlowConsumer(held);
    this.#state = "closing";
    return false;
  }

  #keepBehindBatch(message: PreparedMessage): true {
    this.#held ??= new WaitingMessages();
    this.#held.add(message, exempt);
    if (this.#held.exemptBytes > this.module.outboxRules.maxWaitingBytes) this.#releaseBatches();
    return true;
  }

  /** Sends the finished replies, then the messages that waited behind them. */
  #releaseBatches(): void {
    const batches = this.#batches ?? [];
    this.#batches = undefined;
    for (const takeReplies of batches) this.#sendReplies(takeReplies);
    this.#sendHeld();
  }

  #sendReplies(takeReplies: () => readonly Payload[]): void {
    if (this.#state !== "open") return;
    for (const payload of takeReplies()) this.#count(this.#openOutbox()?.send(payload));
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

  /** Sends through ws if compression was agreed on, otherwise directly to the socket. */
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
