import { type AdminServer, token, urlOf } from "../operations/admin-client.js";

/** An open response that has one JSON value on each line. */
export interface LineReader<Line> extends AsyncDisposable {
  /** The next line that matches. Earlier lines are dropped. */
  next(matches?: (line: Line) => boolean): Promise<Line>;
  /** All lines until the response ends. */
  rest(): Promise<Line[]>;
}

/** Reads a path of the inspector with the token of the admin API. */
export async function openLines<Line>(
  { server }: AdminServer,
  path: string,
  headers: Readonly<Record<string, string>> = { authorization: `Bearer ${token}` },
): Promise<LineReader<Line>> {
  const controller = new AbortController();
  const response = await fetch(urlOf(server) + path, { headers, signal: controller.signal });
  if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`);
  // Locked at once: fetch cancels a body that nobody reads when its response is collected.
  const lines = readLines<Line>((response.body as ReadableStream<Uint8Array>).getReader());
  return {
    async next(matches = () => true) {
      for (;;) {
        const { done, value } = await lines.next();
        if (done) throw new Error("The response has ended.");
        if (matches(value)) return value;
      }
    },
    async rest() {
      const all: Line[] = [];
      for await (const line of lines) all.push(line);
      return all;
    },
    [Symbol.asyncDispose]: async () => controller.abort(),
  };
}

async function* readLines<Line>(reader: ReadableStreamDefaultReader<Uint8Array>): AsyncGenerator<Line> {
  const decoder = new TextDecoder();
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const lines = (rest + decoder.decode(value, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) yield JSON.parse(line);
  }
}
