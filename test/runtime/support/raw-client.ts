import { once } from "node:events";
import type { Socket } from "node:net";
import { formatRequest, openSocket, type RequestParts } from "../server/http-exchange.js";
import { type CloseStatus, FrameReader, readClose, type ServerFrame } from "./frame-reader.js";
import { closeFrame, Opcode } from "./frames.js";
import { inTime } from "./leak-check.js";

const headEnd = "\r\n\r\n";

/**
 * A WebSocket client that knows no rules: it sends the bytes it is told, whole or in parts, answers nothing of its own
 * accord, and keeps what the server sends.
 */
export class RawClient {
  readonly socket: Socket;
  /** Resolves when the socket is closed, however. */
  readonly ended: Promise<void>;
  /** The HTTP answer: the head, and for a refusal the body too. */
  answer = "";
  readonly frames: ServerFrame[] = [];
  /** Below TLS. */
  readonly #tcp: Socket;
  readonly #reader = new FrameReader();
  #isOpen = false;
  #fault: Error | undefined;

  constructor(url: string) {
    const { socket, tcp } = openSocket(url);
    this.socket = socket;
    this.#tcp = tcp;
    // A reset is what many tests are about; it shows as the end.
    this.socket.on("error", () => {});
    this.socket.on("data", (chunk) => this.#receive(chunk));
    this.ended = new Promise((resolve) => this.socket.once("close", () => resolve()));
  }

  /** Connects and has its handshake answered. @throws Error when that is not by 101 */
  static async open(url: string, parts: RequestParts = {}): Promise<RawClient> {
    const client = new RawClient(url);
    const { pathname, search } = new URL(url);
    client.send(Buffer.from(formatRequest({ line: `GET ${pathname}${search} HTTP/1.1`, ...parts })));
    await client.until(() => client.#isOpen);
    return client;
  }

  /** What broke RFC 6455 in the server's bytes, if anything did. */
  get fault(): Error | undefined {
    return this.#fault;
  }

  send(...parts: readonly Buffer[]): void {
    if (this.socket.writable) this.socket.write(Buffer.concat(parts));
  }

  /** Ends without a word: TCP RST. */
  reset(): void {
    this.#tcp.resetAndDestroy();
  }

  /** Stops reading: what the server sends stays in the kernels' buffers until these are full. */
  stopReading(): void {
    this.socket.pause();
  }

  /** Resolves as soon as the condition holds. @throws Error when the socket is closed before */
  async until(holds: () => boolean): Promise<void> {
    while (!holds()) {
      if (this.#fault !== undefined) throw this.#fault;
      const more = once(this.socket, "data").then(() => true);
      const ended = this.ended.then(() => false);
      const isMore = await inTime(
        Promise.race([more.catch(() => false), ended]),
        "bytes from the server, or its end",
      );
      if (!isMore && !holds()) throw new Error(`The server closed: ${this.answer.slice(0, 200)}`);
    }
  }

  /** The next text message as JSON; frames before it are dropped. */
  async nextMessage(): Promise<unknown> {
    const { payload } = await this.nextFrame(Opcode.text);
    return JSON.parse(payload.toString());
  }

  async nextFrame(opcode: number): Promise<ServerFrame> {
    await this.until(() => this.frames.some((frame) => frame.opcode === opcode));
    const at = this.frames.findIndex((frame) => frame.opcode === opcode);
    return this.frames.splice(0, at + 1)[at] as ServerFrame;
  }

  /** The server's close frame, which is answered; undefined: the connection ended without one. */
  async closed(): Promise<CloseStatus | undefined> {
    const isClose = (frame: ServerFrame): boolean => frame.opcode === Opcode.close;
    await this.until(() => this.frames.some(isClose)).catch(() => {});
    if (!this.frames.some(isClose)) await inTime(this.ended, "a close frame, or the end of the socket");
    if (this.#fault !== undefined) throw this.#fault;
    const found = this.frames.find(isClose);
    this.send(closeFrame(1000));
    await inTime(this.ended, "the end of the socket after the closing handshake");
    return found === undefined ? undefined : readClose(found.payload);
  }

  #receive(chunk: Buffer): void {
    try {
      if (this.#isOpen) this.frames.push(...this.#reader.read(chunk));
      else this.#receiveAnswer(chunk);
    } catch (error) {
      this.#fault = error as Error;
      this.socket.destroy();
    }
  }

  #receiveAnswer(chunk: Buffer): void {
    const text = this.answer + chunk.toString("latin1");
    const end = text.indexOf(headEnd);
    this.answer = text;
    if (end < 0 || !text.startsWith("HTTP/1.1 101 ")) return;
    this.#isOpen = true;
    this.answer = text.slice(0, end + headEnd.length);
    const rest = Buffer.from(text.slice(end + headEnd.length), "latin1");
    if (rest.length > 0) this.frames.push(...this.#reader.read(rest));
  }
}
