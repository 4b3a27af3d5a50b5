import { contain } from "../boundary.js";
import type { ModuleContract } from "../config/module-types.js";
import type { ModuleRuntime } from "../connection/module-runtime.js";
import { withTimeLimit } from "../dispatch/hooks.js";
import { isError } from "../errors.js";
import type { Inspector } from "../inspector/inspector.js";
import type { JsonLines } from "../inspector/json-lines.js";
import { isObject, propertyOf } from "../validation/json-value.js";
import { AdminError } from "./admin-error.js";
import { findConnection } from "./admin-find.js";
import { defineOperation, defineStream, type Operation } from "./admin-operation.js";
import { anything, described, flag, object } from "./admin-shape.js";
import { readDocs } from "./inspector-page.js";
import type { ServerState } from "./operations-server.js";

const tooManyReaders = { 503: "too_many_readers" };

/**
 * What the page of the inspector reads in addition to the other operations.
 * @param docsFile the page of `wsgen docs`; undefined where the inspector does not serve it
 */
export const inspectorOperations = (
  state: ServerState,
  inspector: Inspector,
  docsFile: string | undefined,
): readonly Operation[] => [
  defineStream({
    ...{ id: "followServer", path: "/inspector/live" },
    summary: "A report each second: the process, its modules, and the connections that stand out.",
    line: { type: "object", required: ["at", "process", "state", "modules", "suspects", "unseen"] },
    errors: tooManyReaders,
    follow: () => checkLines(inspector.followLive()),
  }),
  defineStream({
    ...{ id: "followFrames", path: "/inspector/connections/:id/frames" },
    summary: "The frames of a connection from now on: each with its fate, and judged against its schema.",
    line: { type: "object", required: ["kind"] },
    errors: { 404: "unknown_connection", ...tooManyReaders },
    follow: (id) => checkLines(inspector.followFrames(findConnection(state, id).connection)),
  }),
  defineOperation({
    ...{ id: "showContract", method: "get", path: "/inspector/contract", right: "read" },
    summary: "The JSON Schemas and examples of the commands of each module.",
    answer: object({
      modules: anything("The contract of each module, by its flag."),
      hasDocs: described("Whether /inspector/docs/ has the page of `wsgen docs`.", flag),
    }),
    async run() {
      const hasDocs = (await readDocs(docsFile)) !== undefined;
      const loaded = state.modules.map(async ({ runtime }) => [runtime.flag, await loadContract(runtime)]);
      return { modules: Object.fromEntries(await Promise.all(loaded)), hasDocs };
    },
  }),
];

const noCommands: ModuleContract = { commands: {} };
/** How long a contract may take to load. */
const loadSeconds = 5;

/** The contract that a module loads; one without commands if it has none, or if that fails. Never rejects. */
async function loadContract({ config, log }: ModuleRuntime): Promise<ModuleContract> {
  const { contract } = config;
  if (contract === undefined) return noCommands;
  return contain<ModuleContract>(
    { entry: "contract", log },
    async () => {
      const loaded: unknown = await withTimeLimit(Promise.resolve(contract()), loadSeconds);
      if (isError(loaded)) throw loaded;
      const value: unknown = propertyOf(loaded, "contract");
      // A value that no JSON holds must fail here, not in the answer.
      if (isObject(value) && isObject(value.commands)) return JSON.parse(JSON.stringify(value));
      throw new Error(
        "setContract: the function must resolve to an object with the member contract, which has the member commands.",
      );
    },
    () => noCommands,
  );
}

/** @throws AdminError 503 without lines */
function checkLines(lines: JsonLines | undefined): JsonLines {
  if (lines !== undefined) return lines;
  throw new AdminError(503, "too_many_readers", {
    message: "Too many inspectors look at this server. Close one.",
    headers: { "Retry-After": "10" },
  });
}
