import { contain } from "../boundary.js";
import { moduleOptions } from "../options.js";
import { AdminError } from "./admin-error.js";
import { findModule, name } from "./admin-find.js";
import { defineOperation, type Operation } from "./admin-operation.js";
import {
  described,
  flag,
  listOf,
  object,
  oneOf,
  optional,
  type Read,
  text,
  wholeNumber,
} from "./admin-shape.js";
import type { AdminModule, ServerState } from "./operations-server.js";

const level = oneOf(...moduleOptions.logLevel.value.choices);
/** Back to the levels of the configuration. */
const configured = "configured";
const dayMs = 86_400_000;

const change = object({
  module: optional(name),
  level: described(
    "The least severe level that is logged, to the terminal and to the file. `configured`: as at the start.",
    oneOf(...moduleOptions.logLevel.value.choices, configured),
  ),
  forMs: optional(described("After this time the level is as at the start again.", wholeNumber(1, dayMs))),
  dryRun: optional(flag),
});

const moduleLevel = object({
  module: text(256),
  level: optional(described("Absent if the module has a logger of its own, or no log.", level)),
  configured: optional(level),
  until: optional(described("When the level goes back, in ISO 8601.", text(64))),
});
const answer = object({
  dryRun: optional(flag),
  modules: listOf(moduleLevel, { maxItems: 100_000, range: "modules" }),
});

interface PendingReturn {
  readonly timer: NodeJS.Timeout;
  readonly until: string;
}

/** The operations that show and change the log levels of modules. */
export function logLevelOperations(state: ServerState): readonly Operation[] {
  const returns = new Map<AdminModule, PendingReturn>();
  const describe = (module: AdminModule): Read<typeof moduleLevel> => ({
    module: module.runtime.flag,
    level: module.levels?.current,
    configured: module.levels?.configured,
    until: returns.get(module)?.until,
  });
  return [
    defineOperation({
      ...{ id: "showLogLevels", method: "get", path: "/log-level", right: "read" },
      summary: "The log level of each module.",
      answer,
      run: () => ({ dryRun: undefined, modules: state.modules.map(describe) }),
    }),
    defineOperation({
      ...{ id: "setLogLevel", method: "put", path: "/log-level", right: "act" },
      summary: "Sets the log level of a module, or of all, for a time or until it is set again.",
      body: change,
      answer,
      errors: { 404: "unknown_module", 409: "log_level_fixed" },
      run({ body, note }) {
        note(body);
        const modules = findChangeable(state, body.module);
        if (body.dryRun) return { dryRun: true, modules: modules.map((module) => preview(module, body)) };
        for (const module of modules) setLevel(module, body, returns);
        return { dryRun: undefined, modules: modules.map(describe) };
      },
    }),
  ];
}

type Change = Read<typeof change>;

/** @throws AdminError 409 for a module whose logger is its own */
function findChangeable(state: ServerState, flag: string | undefined): readonly AdminModule[] {
  const modules = flag === undefined ? state.modules : [findModule(state, flag)];
  const changeable = modules.filter(({ levels }) => levels !== undefined);
  if (changeable.length > 0) return changeable;
  throw new AdminError(409, "log_level_fixed", {
    message: "The level cannot be changed here: the log is off, or goes to a logger of your own (setLogger).",
  });
}

const preview = ({ runtime, levels }: AdminModule, { level, forMs }: Change): Read<typeof moduleLevel> => ({
  module: runtime.flag,
  level: level === configured ? levels?.configured : level,
  configured: levels?.configured,
  until: forMs === undefined || level === configured ? undefined : inFuture(forMs),
});

function setLevel(
  module: AdminModule,
  { level, forMs }: Change,
  returns: Map<AdminModule, PendingReturn>,
): void {
  clearTimeout(returns.get(module)?.timer);
  returns.delete(module);
  module.levels?.set(level === configured ? undefined : level);
  if (forMs === undefined || level === configured) return;
  const { log } = module.runtime;
  const goBack = () =>
    contain<void>({ entry: "timer", log }, () => {
      returns.delete(module);
      module.levels?.set(undefined);
      log.info({ level: module.levels?.current }, "the log level is as at the start again");
    });
  returns.set(module, { timer: setTimeout(goBack, forMs).unref(), until: inFuture(forMs) });
}

const inFuture = (afterMs: number): string => new Date(Date.now() + afterMs).toISOString();
