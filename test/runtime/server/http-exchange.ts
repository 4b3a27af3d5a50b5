import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { text } from "node:stream/consumers";

/** Headers of a handshake that is right; a test replaces or removes (undefined) some. */
const rightHeaders = {
  Host: "localhost",
  Connection: "Upgrade",
  Upgrade: "websocket",
  "Sec-WebSocket-Version": "13",
  "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
};

export interface RequestParts {
  line?: string;
  headers?: Readonly<Record<string, string | string[] | undefined>>;
}

export function formatRequest({ line = "GET /test/ws HTTP/1.1", headers = {} }: RequestParts): string {
  const lines = Object.entries({ ...rightHeaders, ...headers }).flatMap(([name, value]) =>
    [value ?? []].flat().map((item) => `${name}: ${item}`),
  );
  return [line, ...lines, "", ""].join("\r\n");
}

/** Sends a request over a socket of its own and reads until the server closes. */
export async function exchange(url: string, parts: RequestParts): Promise<string> {
  const socket = await dial(url);
  socket.write(formatRequest(parts));
  return text(socket);
}

export async function dial(url: string): Promise<Socket> {
  const socket = connect({ port: Number(new URL(url).port), host: "127.0.0.1" });
  await once(socket, "connect");
  return socket;
}
