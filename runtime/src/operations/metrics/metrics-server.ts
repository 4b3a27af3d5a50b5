import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { contain, report } from "../../boundary.js";
import type { PrometheusConfig } from "../../config/module-types.js";
import type { Logger } from "../../contract.js";
import { closeAtOnce, isLoopback, isOwnHost, listen, type OperationsServer } from "../operations-server.js";

/** A page of metrics that is listening. */
export interface MetricsServer extends OperationsServer {
  readonly host: string;
  readonly port: number;
}

/**
 * Serves the page of the metrics; port 0 is any free port.
 * @throws the error of `listen` if the address is in use or not local
 */
export async function startMetricsServer(
  { path, port, host }: PrometheusConfig,
  { log, write }: { readonly log: Logger; readonly write: () => Promise<string> },
): Promise<MetricsServer> {
  let isLocal = true;
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const refusal = refuse(request, path, isLocal ? host : undefined);
    if (refusal !== undefined) {
      const [status, text, headers] = refusal;
      response.writeHead(status, { ...plainText, ...headers }).end(`${text}\n`);
      return;
    }
    const text = await write();
    response.writeHead(200, exposition).end(text);
  };
  const fail = (response: ServerResponse) => {
    if (response.headersSent) response.destroy();
    else response.writeHead(500, plainText).end("The metrics cannot be read. The log has the reason.\n");
  };
  const server = createServer((request, response) =>
    contain(
      { entry: "request", log },
      () => serve(request, response),
      () => fail(response),
    ),
  );
  await listen(server, { host, port }, log);
  const address = server.address() as AddressInfo;
  isLocal = isLoopback(address.address);
  log.info({ host: address.address, port: address.port, path }, "metrics listening");
  if (!isLocal) {
    const place = { host: address.address, port: address.port };
    log.warn(place, "the metrics are reachable from other machines, without TLS and without a token");
  }
  return { host: address.address, port: address.port, close: () => closeAtOnce(server) };
}

const plainText = { "Content-Type": "text/plain; charset=utf-8", "X-Content-Type-Options": "nosniff" };
/** Source: https://prometheus.io/docs/instrumenting/exposition_formats/ */
const exposition = { ...plainText, "Content-Type": "text/plain; version=0.0.4; charset=utf-8" };

type Refusal = readonly [status: number, text: string, headers?: Readonly<Record<string, string>>];

/** @param localHost the configured host of a page on loopback, which a name that is bound to it afterwards must not reach */
function refuse(request: IncomingMessage, path: string, localHost: string | undefined): Refusal | undefined {
  const { method, url = "/" } = request;
  if (localHost !== undefined && !isOwnHost(request, localHost))
    return [403, "The Host header has a name. Use the IP address."];
  if (url.split("?", 1)[0] !== path) return [404, `Nothing is here. The metrics are at ${path}.`];
  if (method !== "GET" && method !== "HEAD")
    return [405, "The method is not allowed. Use GET.", { Allow: "GET, HEAD" }];
  return undefined;
}

/** Logs what could not be collected; the page has the rest. */
export function reportErrors(errors: readonly unknown[], log: Logger): void {
  for (const error of errors) report({ entry: "observer", log }, error);
}
