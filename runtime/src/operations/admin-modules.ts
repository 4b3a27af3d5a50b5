import { defineOperation, type Operation } from "./admin-operation.js";
import { anything, described, flag, listOf, object, oneOf, shortText, wholeNumber } from "./admin-shape.js";
import type { AdminModule, ServerState } from "./operations-server.js";

const count = wholeNumber(0, Number.MAX_SAFE_INTEGER);
const anyText = shortText(Number.MAX_SAFE_INTEGER, "no limit");
const texts = listOf(anyText, { maxItems: 1_000_000, range: "names" });

const moduleShape = object({
  flag: anyText,
  port: wholeNumber(0, 65_535),
  routes: texts,
  commands: texts,
  mode: oneOf("debug", "product"),
  storesConnections: described("Whether the connections are in a connection manager.", flag),
  connections: count,
  rooms: count,
  counters: anything("The counters of the module since its start, by name."),
});

const describeModule = ({ runtime, port, routes, commands }: AdminModule) => ({
  flag: runtime.flag,
  port,
  routes: routes.map(({ pattern }) => pattern),
  commands: [...commands.keys()],
  mode: runtime.config.mode,
  storesConnections: runtime.registry.manager !== undefined,
  connections: runtime.registry.byId.size,
  rooms: runtime.registry.rooms().size,
  counters: { ...runtime.counters },
});

/** The operation that shows the modules. */
export const moduleOperation = (state: ServerState): Operation =>
  defineOperation({
    ...{ id: "listModules", method: "get", path: "/modules", right: "read" },
    summary: "The modules with their routes, commands and counters.",
    answer: object({ modules: listOf(moduleShape, { maxItems: 100_000, range: "modules" }) }),
    run: () => ({ modules: state.modules.map(describeModule) }),
  });
