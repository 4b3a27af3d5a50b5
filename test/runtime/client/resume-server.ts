import type { AddressInfo } from "node:net";
import { type WebSocket, WebSocketServer } from "ws";
import type { ResumePosition } from "../../../runtime/src/client/index.js";

/** A stream on the server, by "Rules for the server" in docs/protocol.md. */
interface Stream {
  readonly name: { event: string; stream?: string };
  epoch: string;
  /** Of the last event. */
  offset: number;
  /** The last events, the oldest first. */
  history: { offset: number; data: unknown }[];
  readonly members: Set<Connection>;
}

interface Connection {
  readonly socket: WebSocket;
  canResume: boolean;
  /** Positions that the client told, for streams that it is not in yet. */
  readonly told: Map<string, ResumePosition>;
}

/** The server's half of the protocol, as small as it can be. */
export class ResumeServer {
  readonly #sockets: WebSocketServer;
  readonly #streams = new Map<string, Stream>();
  readonly #connections = new Set<Connection>();
  readonly frames: string[] = [];
  keep = 100;
  /** What a connection is in from its start. */
  entering: string[] = ["news"];

  private constructor(sockets: WebSocketServer) {
    this.#sockets = sockets;
    sockets.on("connection", (socket) => {
      const connection: Connection = { socket, canResume: false, told: new Map() };
      this.#connections.add(connection);
      for (const key of this.entering) this.stream(key).members.add(connection);
      socket.on("error", () => {});
      socket.on("message", (data) => this.#receive(connection, data.toString()));
      socket.on("close", () => {
        this.#connections.delete(connection);
        for (const { members } of this.#streams.values()) members.delete(connection);
      });
    });
  }

  static async start(maxPayload = 4_096): Promise<ResumeServer> {
    const sockets = new WebSocketServer({ port: 0, host: "127.0.0.1", maxPayload });
    await new Promise((resolve) => sockets.once("listening", resolve));
    return new ResumeServer(sockets);
  }

  get port(): number {
    return (this.#sockets.address() as AddressInfo).port;
  }

  get url(): string {
    return `ws://127.0.0.1:${this.port}/`;
  }

  /** `news` is the event news without a stream, `message/lobby` the stream lobby of the event message. */
  stream(key: string): Stream {
    const known = this.#streams.get(key);
    if (known) return known;
    const [event = "", name] = key.split("/");
    const stream: Stream = {
      name: name === undefined ? { event } : { event, stream: name },
      epoch: "e1",
      offset: 0,
      history: [],
      members: new Set(),
    };
    this.#streams.set(key, stream);
    return stream;
  }

  publish(key: string, data: unknown): void {
    const stream = this.stream(key);
    stream.offset += 1;
    stream.history.push({ offset: stream.offset, data });
    stream.history = stream.history.slice(-this.keep);
    for (const { socket } of stream.members) {
      socket.send(JSON.stringify({ ...stream.name, epoch: stream.epoch, offset: stream.offset, data }));
    }
  }

  /** As a restart without a lasting store: the count begins anew. */
  startEpoch(key: string, epoch: string): void {
    Object.assign(this.stream(key), { epoch, offset: 0, history: [] });
  }

  enterAll(key: string): void {
    for (const connection of this.#connections) {
      const stream = this.stream(key);
      if (stream.members.has(connection)) continue;
      stream.members.add(connection);
      if (connection.canResume) this.#notify(connection, key);
    }
  }

  leaveAll(key: string): void {
    const { members, name, epoch, offset } = this.stream(key);
    for (const connection of members) {
      members.delete(connection);
      this.#send(connection, { resume: [{ ...name, epoch, offset, left: true }] });
    }
  }

  /** Something that the rules do not know. */
  sendAll(message: object): void {
    for (const connection of this.#connections) this.#send(connection, message);
  }

  cutAll(): void {
    for (const { socket } of this.#connections) socket.terminate();
  }

  closeAll(code: number): void {
    for (const { socket } of this.#connections) socket.close(code);
  }

  async close(): Promise<void> {
    this.cutAll();
    await new Promise((resolve) => this.#sockets.close(resolve));
  }

  #receive(connection: Connection, text: string): void {
    this.frames.push(text);
    const message = JSON.parse(text);
    if (message.command) {
      this.#send(connection, { command: message.command, id: message.id, data: null });
      return;
    }
    for (const position of message.resume as ResumePosition[]) {
      const { event, stream } = position;
      connection.told.set(stream === undefined ? event : `${event}/${stream}`, position);
    }
    if (message.more) return;
    connection.canResume = true;
    for (const [key, { members }] of this.#streams)
      if (members.has(connection)) this.#notify(connection, key);
  }

  /** Replays what the client has not seen, and says where it stands then. */
  #notify(connection: Connection, key: string): void {
    const { name, epoch, offset, history } = this.stream(key);
    const told = connection.told.get(key);
    connection.told.delete(key);
    if (told !== undefined) {
      const firstOffset = offset - history.length;
      const isKnown = told.epoch === epoch && told.offset >= firstOffset && told.offset <= offset;
      const from = isKnown ? told.offset : firstOffset;
      if (!isKnown) this.#send(connection, { resume: [{ ...name, epoch, offset: from, gap: true }] });
      for (const each of history) {
        if (each.offset > from)
          this.#send(connection, { ...name, epoch, offset: each.offset, data: each.data });
      }
    }
    this.#send(connection, { resume: [{ ...name, epoch, offset }] });
  }

  #send({ socket }: Connection, message: object): void {
    socket.send(JSON.stringify(message));
  }
}
