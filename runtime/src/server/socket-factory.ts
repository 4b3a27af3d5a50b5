import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { type Server, type ServerOptions, WebSocketServer } from "ws";
import type { ModuleConfig } from "../config/module-types.js";
import { endOnce } from "../connection/end-once.js";
import { guardReceiver } from "../connection/guard-receiver.js";
import { ModuleSocket } from "../connection/module-socket.js";
import { receiverOf } from "../connection/receiver.js";
import { readWholeFrames } from "../connection/whole-frames.js";
import type { HandshakeAttempts } from "./handshake-attempt.js";

/** Missing in the types of ws 8.18: milliseconds to wait for the other side's close frame. */
type Options = ServerOptions<typeof ModuleSocket> & { readonly closeTimeout: number };

/** A message comes in at most this many fragments, however small they are. */
const maxFragments = 1_024;

/** Bytes of a message for each part of it that a slow client may deliver on its own, above the first 1,024 parts. */
const bytesPerPart = 256;

/** Answers the handshakes of one module with 101. */
export class SocketFactory {
  readonly #server: Server<typeof ModuleSocket>;

  constructor(config: ModuleConfig, attempts: HandshakeAttempts) {
    const options: Options = {
      noServer: true,
      clientTracking: false,
      WebSocket: ModuleSocket,
      maxPayload: config.maxMessageSize,
      maxFragments,
      maxBufferedChunks: Math.max(maxFragments, Math.ceil(config.maxMessageSize / bytesPerPart)),
      closeTimeout: config.writeWait * 1_000,
      handleProtocols: (offered) => chooseSubprotocol(config.subprotocols, offered) ?? false,
      perMessageDeflate:
        config.compression === undefined ? false : deflateOptions(config.compression.threshold),
    };
    this.#server = new WebSocketServer(options);
    this.#server.on("headers", (lines, request) => {
      lines.push(...(attempts.get(request)?.headerLines ?? []));
    });
  }

  /** Undefined: ws refused the handshake (a bad extension header, a client that left) and has answered that itself. */
  open(request: IncomingMessage, socket: Duplex, head: Buffer): ModuleSocket | undefined {
    let opened: ModuleSocket | undefined;
    this.#server.handleUpgrade(request, socket, head, (ws) => {
      const receiver = receiverOf(ws);
      endOnce(receiver);
      endOnce(socket);
      // Only the decompressor lets packets pile up.
      if (ws.extensions === "") readWholeFrames(receiver);
      else guardReceiver(receiver);
      opened = ws;
    });
    return opened;
  }
}

/** The first of the client's subprotocols, in its order of preference, that the module speaks. */
export function chooseSubprotocol(spoken: readonly string[], offered: Iterable<string>): string | undefined {
  for (const protocol of offered) {
    if (spoken.includes(protocol)) return protocol;
  }
  return undefined;
}

/** Without context takeover: keeping a compressor for each connection costs it hundreds of KiB. */
const deflateOptions = (threshold: number) => ({
  threshold,
  serverNoContextTakeover: true,
  clientNoContextTakeover: true,
  concurrencyLimit: 10,
});
