import type { RecordedFrame } from "../src/inspector/report.ts";

/**
 * The frames as a HAR 1.2 file, which the network panel of a browser opens. HAR has no WebSockets; Chromium's extension
 * `_webSocketMessages` is what tools read.
 */
export function toHar(url: string, frames: readonly RecordedFrame[]): object {
  const startedAt = new Date(frames[0]?.at ?? Date.now()).toISOString();
  const none = { headersSize: -1, bodySize: -1, httpVersion: "HTTP/1.1", headers: [], cookies: [] };
  return {
    log: {
      version: "1.2",
      creator: { name: "wsgen inspector", version: "1" },
      entries: [
        {
          startedDateTime: startedAt,
          time: Math.max(0, (frames.at(-1)?.at ?? 0) - (frames[0]?.at ?? 0)),
          request: { ...none, method: "GET", url, queryString: [] },
          response: {
            ...none,
            status: 101,
            statusText: "Switching Protocols",
            content: { size: 0, mimeType: "" },
            redirectURL: "",
          },
          cache: {},
          timings: { send: 0, wait: 0, receive: 0 },
          _resourceType: "websocket",
          _webSocketMessages: frames.map(({ at, direction, isBinary, text }) => ({
            // For a browser: what the client sends is `send`.
            type: direction === "in" ? "send" : "receive",
            time: at / 1_000,
            opcode: isBinary ? 2 : 1,
            data: text,
          })),
        },
      ],
    },
  };
}
