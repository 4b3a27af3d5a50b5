import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import { connect as connectTls } from "node:tls";

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
  const { socket } = openSocket(url);
  await once(socket, url.startsWith("wss:") ? "secureConnect" : "connect");
  return socket;
}

/** A socket that is connecting, with TLS for `wss:`; `tcp` is below it, or itself. Nothing is verified. */
export function openSocket(url: string): { readonly socket: Socket; readonly tcp: Socket } {
  const tcp = connect({ port: Number(new URL(url).port), host: "127.0.0.1" });
  if (!url.startsWith("wss:")) return { socket: tcp, tcp };
  tcp.on("error", () => {});
  return { socket: connectTls({ socket: tcp, rejectUnauthorized: false }), tcp };
}
