import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { contain } from "../boundary.js";
import type { ModuleOptions } from "../config/module-types.js";
import type { Logger } from "../contract.js";
import { type Access, findRefusal } from "./admin-access.js";
import { AdminError } from "./admin-error.js";
import { closeAtOnce, isLoopback, isOwnHost, listen, type OperationsServer } from "./operations-server.js";
import { endpoints, indexPage } from "./profile-endpoints.js";

/** A server of profiles that is listening. */
export interface ProfilingServer extends OperationsServer {
  readonly port: number;
}

/**
 * Serves profiles of this process below `/debug/pprof/`; port 0 is any free port. One recording runs at a time.
 * @throws the error of `listen` if the address is in use or not local
 */
export async function startProfiling(
  { port, host }: NonNullable<ModuleOptions["pprof"]>,
  { log, access }: { readonly log: Logger; readonly access?: Access | undefined },
): Promise<ProfilingServer> {
  let isRecording = false;
  let checked: Access | undefined;
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const refusal = refuse(request, host);
    if (refusal) return answer(response, ...refusal);
    const closed = checked && refuseCaller(checked, request);
    if (closed) {
      for (const [name, value] of Object.entries(closed.headers)) response.setHeader(name, value);
      return answer(response, closed.status, `${closed.message}\n`);
    }
    const url = new URL(request.url ?? "/", "http://localhost");
    if (url.pathname === "/" || url.pathname === "/debug/pprof" || url.pathname === "/debug/pprof/") {
      return answer(response, 200, indexPage, "text/html; charset=utf-8");
    }
    const endpoint = endpoints.get(url.pathname);
    if (endpoint === undefined) return answer(response, 404, "Unknown profile. See /debug/pprof/\n");
    if (isRecording) return answer(response, 409, "Another profile is being recorded. Try again later.\n");
    isRecording = true;
    try {
      await endpoint.serve(url.searchParams, response);
    } catch (error) {
      fail(response, error as Error);
    } finally {
      isRecording = false;
    }
  };
  const server = createServer((request, response) =>
    contain(
      { entry: "request", log },
      () => serve(request, response),
      () => void response.destroy(),
    ),
  );
  await listen(server, { host, port }, log);
  const address = server.address() as AddressInfo;
  log.info({ host: address.address, port: address.port }, "profiles listening");
  if (!isLoopback(address.address)) {
    checked = access;
    log.warn(
      { host: address.address, port: address.port, asksForToken: access !== undefined },
      "profiles are reachable from other machines, without TLS: they contain data of the process",
    );
  }
  return { port: (server.address() as AddressInfo).port, close: () => closeAtOnce(server) };
}

/** A profile contains all data of the process, the tokens too, so to read one is more than the right `read`. */
function refuseCaller(access: Access, request: IncomingMessage): AdminError | undefined {
  const caller = access(request);
  if (caller instanceof AdminError) return caller;
  return findRefusal(caller, "act");
}

type Answer = [status: number, text: string];

/** Refuses pages of other origins, by request or by DNS rebinding: profiles contain data of the process. */
function refuse(request: IncomingMessage, host: string): Answer | undefined {
  if (request.method !== "GET") return [405, "The method is not allowed. Use GET.\n"];
  if (!URL.canParse(request.url ?? "/", "http://localhost")) return [400, "The path is not valid.\n"];
  const site = request.headers["sec-fetch-site"];
  if (site !== undefined && site !== "none" && site !== "same-origin")
    return [403, "The origin is not allowed.\n"];
  if (!isOwnHost(request, host)) return [403, "The Host header has a name. Use the IP address.\n"];
  return undefined;
}

function answer(
  response: ServerResponse,
  status: number,
  text: string,
  type = "text/plain; charset=utf-8",
): void {
  response.writeHead(status, { "content-type": type, "x-content-type-options": "nosniff" }).end(text);
}

function fail(response: ServerResponse, error: Error): void {
  if (response.headersSent) response.destroy(error);
  else answer(response, error instanceof AdminError ? error.status : 500, `${error.message}\n`);
}
