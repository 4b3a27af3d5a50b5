import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { type AdminSetting, createAdminApp } from "./admin-app.js";
import { closeAtOnce, listen, type OperationsServer } from "./operations-server.js";

/** Where the admin API listens. */
export interface AdminAddress {
  readonly host: string;
  readonly port: number;
}

/** The admin API on its port. */
export interface AdminServer extends OperationsServer {
  readonly address: AdminAddress;
}

const headTimeoutMs = 10_000;
const requestTimeoutMs = 30_000;

/** Serves the admin API; port 0 is any free one. @throws the error of `listen` when the address is taken or not ours */
export async function startAdmin(address: AdminAddress, setting: AdminSetting): Promise<AdminServer> {
  const server = createServer(
    { headersTimeout: headTimeoutMs, requestTimeout: requestTimeoutMs, connectionsCheckingInterval: 1_000 },
    createAdminApp(setting).callback() as RequestListener,
  );
  await listen(server, address, setting.log);
  const { address: host, port } = server.address() as AddressInfo;
  return { address: { host, port }, close: () => closeAtOnce(server) };
}
