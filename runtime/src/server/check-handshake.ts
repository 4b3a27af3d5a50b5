import type { IncomingMessage } from "node:http";

/** An HTTP response instead of 101. */
export interface HttpRefusal {
  readonly status: number;
  readonly message: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** The option or the rule that decides it, for the log. Default: RFC 6455. */
  readonly decidedBy?: string;
}

/** 16 bytes of base64 (RFC 6455 §4.2.1). */
const keyFormat = /^[+/0-9A-Za-z]{22}==$/;

/** True if the request asks for the protocol WebSocket. */
export const isWebSocketUpgrade = (request: IncomingMessage): boolean =>
  request.headers.upgrade?.toLowerCase() === "websocket";

/** Checks the rules of RFC 6455 §4.2.1 that Node does not check. @returns undefined if the handshake is valid */
export function checkHandshake(request: IncomingMessage): HttpRefusal | undefined {
  const { headers, method } = request;
  if (request.httpVersion !== "1.1") return badRequest("A WebSocket handshake needs HTTP/1.1.");
  if (countHeader(request, "host") !== 1) return badRequest("The request must have exactly one Host header.");
  if (method !== "GET") {
    return {
      status: 405,
      message: "A WebSocket handshake must be a GET request.",
      headers: { Allow: "GET" },
    };
  }
  // Node does not read the body of an upgrade, so its bytes would be read as frames.
  if (headers["transfer-encoding"] !== undefined || (headers["content-length"] ?? "0") !== "0") {
    return badRequest("A WebSocket handshake must not have a body.");
  }
  const version = headers["sec-websocket-version"];
  if (version !== "13") {
    const message =
      version === undefined ? "Sec-WebSocket-Version is missing." : "Sec-WebSocket-Version must be 13.";
    return { status: 426, message, headers: { "Sec-WebSocket-Version": "13", Upgrade: "websocket" } };
  }
  if (!keyFormat.test(headers["sec-websocket-key"] ?? "")) {
    return badRequest("Sec-WebSocket-Key is missing or is not 16 bytes of base64.");
  }
  return undefined;
}

const badRequest = (message: string): HttpRefusal => ({ status: 400, message });

/** Counts in the raw list, because `headers` has only one of two Host headers. */
function countHeader(request: IncomingMessage, name: string): number {
  let count = 0;
  for (let index = 0; index < request.rawHeaders.length; index += 2) {
    const header = request.rawHeaders[index] ?? "";
    if (header.length === name.length && header.toLowerCase() === name) count += 1;
  }
  return count;
}
