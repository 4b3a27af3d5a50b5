import type { IncomingMessage } from "node:http";
import { type ClientOptions, WebSocket } from "ws";
import { loadMessagePackCodec } from "../protocol/codec-msgpack.js";
import { defaultNames, type EnvelopeNames, type ErrorBody, ReplyError, writeRequest } from "../wire.js";
import { MessageQueue } from "./message-queue.js";
import { inTime } from "./time.js";

/** A client with a queue: keeps all messages from the first frame until the test reads them. */
export interface TestClient extends AsyncDisposable {
  /** Sends a value as JSON (or in the envelope's codec), a string or bytes unchanged. */
  send(message: unknown): void;
  /** Resolves with the next message: JSON as a value, other text as a string, a binary frame as a buffer. */
  next(timeoutMs?: number): Promise<unknown>;
  /**
   * Sends a command with an id and resolves with the `data` of its reply. Other messages stay in the queue.
   * @throws ReplyError for an error reply
   */
  request(command: string, fields?: object, timeoutMs?: number): Promise<unknown>;
  /** Resolves when either side has ended the connection. */
  readonly closed: Promise<Closed>;
  /** @throws Error if the server does not close the connection within 10 s */
  close(code?: number, reason?: string): Promise<Closed>;
  /** The underlying client of ws. */
  readonly socket: WebSocket;
}

export interface Closed {
  /** 1005 for a close frame without a code, 1006 without a close frame. */
  readonly code: number;
  readonly reason: string;
}

export interface ConnectOptions extends ClientOptions {
  readonly protocols?: string | string[] | undefined;
  /** Required if the module's `envelope` option is not the default. */
  readonly envelope?: TestEnvelope | undefined;
}

/** The server answered the handshake with a status other than 101. */
export class HandshakeRefused extends Error {
  override readonly name = "HandshakeRefused";
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  /** The body of the response: JSON as a value, anything else as text. */
  readonly body: unknown;

  constructor(answer: { status: number; headers: IncomingMessage["headers"]; body: unknown }) {
    super(`The handshake was refused with ${answer.status}: ${JSON.stringify(answer.body)}`);
    this.status = answer.status;
    this.headers = answer.headers;
    this.body = answer.body;
  }
}

const defaultTimeoutMs = 5_000;

/** Connects to a WebSocket server. @throws HandshakeRefused, or the error of the network */
export async function connectClient(url: string, options: ConnectOptions = {}): Promise<TestClient> {
  const { protocols, envelope = {}, ...clientOptions } = options;
  const messages = createTestMessages(envelope);
  const socket = new WebSocket(url, protocols ?? [], clientOptions);
  const queue = new MessageQueue();
  socket.on("message", (data, isBinary) => queue.add(messages.decode(data as Buffer, isBinary)));
  const closed = new Promise<Closed>((resolve) => {
    socket.once("close", (code, reason) => {
      queue.end(`The connection was closed: ${code} ${reason}`);
      resolve({ code, reason: reason.toString() });
    });
  });
  await opened(socket);
  const close = (code?: number, reason?: string): Promise<Closed> => {
    socket.close(code, reason);
    return inTime(closed, "The server did not answer the close frame");
  };
  let lastId = 0;
  return {
    socket,
    closed,
    close,
    send: (message) =>
      socket.send(
        typeof message === "string" || Buffer.isBuffer(message) ? message : messages.encode(message),
      ),
    next: (timeoutMs = defaultTimeoutMs) => queue.take(() => true, timeoutMs),
    async request(command, fields = {}, timeoutMs = defaultTimeoutMs) {
      lastId += 1;
      const id = lastId;
      socket.send(messages.encode(writeRequest(envelope, { command, id, fields })));
      const reply = await queue.take((message) => messages.isReplyTo(id, message), timeoutMs);
      const { data, error } = reply as { readonly data?: unknown; readonly error?: ErrorBody };
      if (error !== undefined) throw new ReplyError(error);
      return data;
    },
    [Symbol.asyncDispose]: async () => {
      socket.terminate();
      await closed;
    },
  };
}

function opened(socket: WebSocket): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once("open", resolve);
    socket.on("error", reject);
    socket.once("unexpected-response", async (_request, response: IncomingMessage) => {
      const chunks: Buffer[] = [];
      for await (const chunk of response) chunks.push(chunk as Buffer);
      const body = parse(Buffer.concat(chunks).toString());
      reject(new HandshakeRefused({ status: response.statusCode ?? 0, headers: response.headers, body }));
    });
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** The parts of a module's `envelope` option that a client needs. */
export interface TestEnvelope extends EnvelopeNames {
  /** Default `json`. */
  readonly codec?: "json" | "msgpack" | undefined;
}

const maxDepth = 64;

/** Encodes and decodes frames like a module with that envelope. */
function createTestMessages({ correlation = defaultNames.correlation, codec }: TestEnvelope) {
  const binary = codec === "msgpack" ? loadMessagePackCodec(maxDepth) : undefined;
  return {
    encode: (message: unknown): string | Buffer => binary?.encode(message) ?? JSON.stringify(message),
    /** Returns an unreadable frame unchanged: text as a string, bytes as a buffer. */
    decode(frame: Buffer, isBinary: boolean): unknown {
      const text = frame.toString();
      const read = isBinary ? () => binary?.decode(frame, true) ?? frame : () => JSON.parse(text);
      try {
        return read();
      } catch {
        return isBinary ? frame : text;
      }
    },
    isReplyTo: (id: number, message: unknown): boolean =>
      typeof message === "object" &&
      message !== null &&
      (message as Readonly<Record<string, unknown>>)[correlation] === id,
  };
}
