import type { ModuleRuntime } from "../connection/module-runtime.js";
import type { Handshake } from "../context.js";
import { clientAddress } from "./client-address.js";
import type { HandshakeContext } from "./handshake-context.js";
import { type Route, readParams } from "./route.js";
import { chooseSubprotocol } from "./socket-factory.js";

/** What the request says of the connection; undefined: its path is malformed. */
export function readHandshake(
  module: ModuleRuntime,
  route: Route,
  ctx: HandshakeContext,
): Handshake | undefined {
  const params = paramsOf(route, ctx.path);
  if (params === undefined) return undefined;
  const { headers } = ctx.req;
  const offered = headers["sec-websocket-protocol"]?.split(",").map((name) => name.trim()) ?? [];
  return {
    route: route.pattern,
    params,
    queryString: ctx.querystring,
    headers,
    remoteAddress: clientAddress(ctx.req, module.config.trustProxy),
    subprotocol: chooseSubprotocol(module.config.subprotocols, offered) ?? "",
    state: ctx.state,
  };
}

function paramsOf(route: Route, path: string): Handshake["params"] | undefined {
  try {
    return readParams(route, path);
  } catch {
    return undefined;
  }
}
