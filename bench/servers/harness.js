// What the measured servers are told.
import { readFileSync } from "node:fs";

/** The port and the host to listen on. */
export const port = Number(process.env.PORT);
export const host = "127.0.0.1";

/** The route of every server that can choose one. */
export const path = "/bench/ws";

const { TLS_CERT, TLS_KEY } = process.env;
/** Options of `https`, where the server is measured with TLS. */
export const tls =
  TLS_CERT === undefined ? undefined : { cert: readFileSync(TLS_CERT), key: readFileSync(TLS_KEY) };
