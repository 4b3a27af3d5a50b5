import type { IncomingMessage } from "node:http";
import type { Duplex, Writable } from "node:stream";
import { type Server, type ServerOptions, WebSocketServer } from "ws";
import type { ModuleConfig } from "../../config/module-types.js";
import type { Logger } from "../../contract.js";
import { ModuleSocket } from "./module-socket.js";
import { getReceiver, hasKnownReceiver } from "./receiver.js";
import { readWholeFrames } from "./whole-frames.js";

/** Missing in the types of ws 8.18: milliseconds to wait for the other side's close frame. */
type Options = ServerOptions<typeof ModuleSocket> & { readonly closeTimeout: number };

/**
 * A slow client may send a message in this many chunks, or in more if the chunks have at least `bytesPerPart` bytes on
 * average.
 */
const maxParts = 1_024;
const bytesPerPart = 256;

/** A release of ws may differ from the one that this package was written for. */
const isKnownWs = hasKnownReceiver();
let hasWarned = false;

function warnOfUnknownWs(log: Logger): void {
  if (hasWarned) return;
  hasWarned = true;
  log.warn({}, "Unknown version of ws (expected 8.23): using its own frame parser, which is slower.");
}

/** Answers the handshakes of one module with 101. */
export class SocketFactory {
  readonly #server: Server<typeof ModuleSocket>;

  /** @param getHeaders the lines that middlewares add to the answer */
  constructor(
    config: ModuleConfig,
    getHeaders: (request: IncomingMessage) => readonly string[],
    log: Logger,
  ) {
    if (!isKnownWs) warnOfUnknownWs(log);
    const options: Options = {
      noServer: true,
      clientTracking: false,
      WebSocket: ModuleSocket,
      maxPayload: config.maxMessageSize,
      maxFragments: config.maxFragments,
      maxBufferedChunks: Math.max(maxParts, Math.ceil(config.maxMessageSize / bytesPerPart)),
      closeTimeout: config.writeWait * 1_000,
      handleProtocols: (offered) => chooseSubprotocol(config.subprotocols, offered) ?? false,
      perMessageDeflate:
        config.compression === undefined ? false : deflateOptions(config.compression.threshold),
    };
    this.#server = new WebSocketServer(options);
    this.#server.on("headers", (lines, request) => {
      lines.push(...getHeaders(request));
    });
  }

  /**
   * Completes a handshake. @returns undefined if ws has refused and answered it itself (a bad extension header, a
   * client that left)
   */
  open(request: IncomingMessage, socket: Duplex, head: Buffer): ModuleSocket | undefined {
    let opened: ModuleSocket | undefined;
    this.#server.handleUpgrade(request, socket, head, (ws) => {
      endOnce(socket);
      if (isKnownWs) readWholeFrames(getReceiver(ws), ws);
      opened = ws;
    });
    return opened;
  }
}

/** The first of the client's subprotocols, in its order of preference, that the module supports. */
export function chooseSubprotocol(
  supported: readonly string[],
  offered: Iterable<string>,
): string | undefined {
  for (const protocol of offered) {
    if (supported.includes(protocol)) return protocol;
  }
  return undefined;
}

/** Without context takeover: a compressor for each connection would take hundreds of KiB. */
const deflateOptions = (threshold: number) => ({
  threshold,
  serverNoContextTakeover: true,
  clientNoContextTakeover: true,
  concurrencyLimit: 10,
});

/**
 * Makes repeated calls of `end` cheap. ws ends the socket and the receiver of each connection up to three times. From
 * the second call on, Node creates an unused error object with its stack. This took a tenth of the CPU time of a
 * handshake and its close.
 */
export function endOnce(stream: Writable): void {
  stream.end = endUnlessEnded;
}

function endUnlessEnded(this: Writable, ...args: never[]): Writable {
  // A callback must receive the error.
  return this.writableEnded && args.length === 0 ? this : Object.getPrototypeOf(this).end.apply(this, args);
}
