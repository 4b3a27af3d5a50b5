import { once } from "node:events";
import type { Server } from "node:http";
import { isIPv4 } from "node:net";
import { report } from "../boundary.js";
import type { Logger } from "../contract.js";

/** A server for those who run the process; it closes after the modules. */
export interface OperationsServer {
  close(): Promise<void>;
}

/**
 * Listens; port 0 is any free one. Later errors, of a failed accept for example, are logged.
 * @throws the error of `listen` when the address is taken or not ours
 */
export async function listen(
  server: Server,
  { host, port }: { host: string; port: number },
  log: Logger,
): Promise<void> {
  server.listen(port, host);
  await once(server, "listening");
  server.on("error", (error) => report({ entry: "serverError", log }, error));
}

/** Closes it at once, with the requests that are being answered. */
export async function closeAtOnce(server: Server): Promise<void> {
  server.close();
  server.closeAllConnections();
  await once(server, "close");
}

/** Is it an address of this machine alone? */
export const isLoopback = (address: string): boolean =>
  address === "::1" || (isIPv4(address) && address.startsWith("127."));
