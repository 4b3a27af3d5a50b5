import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerOptions,
} from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { ModuleConfig } from "../config/module-types.js";
import type { Logger } from "../contract.js";
import { CountedResponse } from "./http-sockets.js";
import { readCredentials, TlsCertificate } from "./tls-certificate.js";

export interface HttpServerOptions {
  /** The flag of the module whose options these are. */
  readonly flag: string;
  readonly config: Pick<ModuleConfig, "tls" | "maxHeaderSize">;
  /** For the head of a request, and for a TLS handshake. */
  readonly timeoutMs: number;
  readonly log: Logger;
}

export interface HttpServer {
  readonly server: Server;
  /** Undefined: it serves without TLS. */
  readonly certificate?: TlsCertificate;
}

/** A request with its body may take so many times as long as its head. */
const wholeRequestFactor = 6;

/** An HTTP or HTTPS server. @throws ConfigurationError for a certificate that cannot be read or used */
export function createHttpServer(
  { flag, config, timeoutMs, log }: HttpServerOptions,
  handle: RequestListener,
): HttpServer {
  const options: ServerOptions<typeof IncomingMessage, typeof CountedResponse> = {
    ServerResponse: CountedResponse,
    headersTimeout: timeoutMs,
    requestTimeout: wholeRequestFactor * timeoutMs,
    // Node looks for late requests in an interval of its own, by default every 30 s.
    connectionsCheckingInterval: Math.min(1_000, Math.max(20, timeoutMs / 4)),
    maxHeaderSize: config.maxHeaderSize,
  };
  const { tls } = config;
  if (tls === undefined) return { server: createServer(options, handle) };
  const setting = { flag, tls, log };
  const credentials = readCredentials(setting);
  const { requestCert = false } = tls;
  const server = createTlsServer(
    { ...options, ...credentials, requestCert, handshakeTimeout: timeoutMs },
    handle,
  );
  return { server, certificate: new TlsCertificate(server, credentials, setting) };
}
