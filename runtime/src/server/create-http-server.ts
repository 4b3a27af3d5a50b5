import { readFileSync } from "node:fs";
import { createServer, type RequestListener, type Server, type ServerOptions } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { ConfigurationError } from "../config/configuration-error.js";
import type { ModuleConfig, TlsOptions } from "../config/module-types.js";
import { reasonOf, titleOf } from "./start-error.js";

export interface HttpServerOptions {
  /** The flag of the module whose options these are. */
  readonly flag: string;
  readonly config: Pick<ModuleConfig, "tls" | "maxHeaderSize">;
  /** For the head of a request, and for a TLS handshake. */
  readonly timeoutMs: number;
}

/** An HTTP or HTTPS server. @throws ConfigurationError for a certificate that cannot be read or used */
export function createHttpServer(
  { flag, config, timeoutMs }: HttpServerOptions,
  handle: RequestListener,
): Server {
  const options: ServerOptions = {
    headersTimeout: timeoutMs,
    requestTimeout: Math.max(timeoutMs, 300_000),
    // Node looks for late requests in an interval of its own, by default every 30 s.
    connectionsCheckingInterval: Math.min(1_000, Math.max(20, timeoutMs / 4)),
    maxHeaderSize: config.maxHeaderSize,
  };
  if (config.tls === undefined) return createServer(options, handle);
  try {
    return createTlsServer(
      { ...options, ...readCredentials(config.tls), handshakeTimeout: timeoutMs },
      handle,
    );
  } catch (cause) {
    throw new ConfigurationError(`${titleOf(flag)}: tls: ${reasonOf(cause)}.`, { cause });
  }
}

function readCredentials({ certFile, keyFile, caFile, requestCert = false }: TlsOptions) {
  return {
    cert: readFileSync(certFile),
    key: readFileSync(keyFile),
    ...(caFile === undefined ? {} : { ca: readFileSync(caFile) }),
    requestCert,
  };
}
