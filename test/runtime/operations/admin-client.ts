import { enableAdmin, type SetWSServerConfig, setLogger, type WSContext } from "wsgen-runtime";
import { connectClient, startModules, type TestClient, type TestServer } from "wsgen-runtime/testing";
import { defineModule, type ModuleDefinition } from "../serve/define-module.js";

export const token = "0123456789abcdef-._~+/==";

/** What an admin's request got. */
export interface AdminAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** Undefined for a stream, which is left at once. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look at whatever came
  readonly body: any;
}

export interface AdminRequest {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  /** Sent as JSON; a string as it is. */
  readonly body?: unknown;
}

/** A line of the log: its fields and its message. */
export type LogLine = Record<string, unknown> & { readonly level: string; readonly text: string | undefined };

/** Modules with an admin API, whose log is kept. */
export interface AdminServer extends AsyncDisposable {
  readonly server: TestServer;
  readonly lines: LogLine[];
  /** Asks with the token, or with the headers of the request in place of it. */
  ask(path: string, request?: AdminRequest): Promise<AdminAnswer>;
  /** Connects; the query says which rooms to enter and which tags to bear. Resolves with the id too. */
  connect(query?: string, flag?: string): Promise<{ client: TestClient; id: string }>;
}

export function collectLines(): { lines: LogLine[]; option: SetWSServerConfig } {
  const lines: LogLine[] = [];
  const write =
    (level: string) =>
    (fields: object, text?: string): void =>
      void lines.push({ ...fields, level, text });
  const logger = {
    ...{ debug: write("debug"), info: write("info"), warn: write("warn") },
    ...{ error: write("error"), fatal: write("fatal"), child: () => logger },
  };
  return { lines, option: setLogger(logger) };
}

const enterGroups = (ctx: WSContext): void => {
  for (const room of ctx.query.getAll("room")) ctx.join(room);
  for (const tag of ctx.query.getAll("tag")) ctx.tag(tag);
  ctx.send(ctx.id);
};

/** The first module has the admin API; all of them enter groups as their clients' queries say. */
export async function startAdminServer(...definitions: readonly ModuleDefinition[]): Promise<AdminServer> {
  const { lines, option } = collectLines();
  const [first = {}, ...others] = definitions;
  const server = await startModules(
    defineModule({
      connect: enterGroups,
      ...first,
      config: [enableAdmin(0, { token }), option, ...(first.config ?? [])],
    }),
    ...others.map((other) => defineModule({ connect: enterGroups, ...other })),
  );
  return {
    server,
    lines,
    ask: (path, request) => askAdmin(urlOf(server) + path, request),
    async connect(query = "", flag = "test") {
      const client = await connectClient(server.url(`/${flag}/ws?${query}`));
      return { client, id: String(await client.next()) };
    },
    [Symbol.asyncDispose]: () => server.close(),
  };
}

export const urlOf = ({ serve }: TestServer): string => `http://127.0.0.1:${serve.admin?.port}`;

export async function askAdmin(url: string, request: AdminRequest = {}): Promise<AdminAnswer> {
  const { method = "GET", body, headers = { authorization: `Bearer ${token}` } } = request;
  const response = await fetch(url, {
    method,
    headers: { ...(body === undefined ? {} : { "content-type": "application/json" }), ...headers },
    ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
  const isStream = response.headers.get("content-type")?.startsWith("application/x-ndjson");
  const text = isStream ? "" : await response.text();
  if (isStream) await response.body?.cancel();
  return {
    status: response.status,
    headers: response.headers,
    body: text === "" ? undefined : JSON.parse(text),
  };
}
