import { type SetWSServerConfig, setRawHandler, WebsocketError } from "wsgen-runtime";
import { startModules, type TestServer } from "wsgen-runtime/testing";
import { defineCommand, defineModule, type ModuleDefinition, ping } from "../serve/define-module.js";

const commands = [
  ping,
  defineCommand("echo", (_ctx, data) => data),
  defineCommand("tell", (ctx, { text }) => void ctx.emit("told", { text })),
  defineCommand("fail", () => new WebsocketError("no_luck", "No luck.", { details: [1] })),
  defineCommand("leave", (ctx, { code, reason }) => ctx.close(code, reason)),
  defineCommand("protocol", (ctx) => ctx.subprotocol),
];

/** Modules for clients of any make: `test` speaks JSON, `raw` sends back what it gets. */
export async function startInterop(
  config: readonly SetWSServerConfig[] = [],
  definition: Pick<ModuleDefinition, "connect" | "close"> = {},
): Promise<TestServer> {
  const echo = setRawHandler((ctx, data, isBinary) => void ctx.send(isBinary ? data : data.toString()));
  return startModules(
    defineModule({ commands, config, ...definition }),
    defineModule({ flag: "raw", config: [...config, echo] }),
  );
}
