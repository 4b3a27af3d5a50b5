import type { Argv } from "yargs";
import { layout } from "../model/layout.js";

/** The options that every command takes. */
export interface GlobalOptions {
  /** The project's root, absolute. */
  readonly cwd: string;
  /** The spec, relative to the root; undefined when not given. */
  readonly spec: string | undefined;
  /** The spec that the project's package.json names, likewise. */
  readonly ownSpec?: string | undefined;
  readonly dryRun: boolean;
  readonly diff: boolean;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
  readonly color: boolean;
  readonly force: boolean;
}

/** The spec's path relative to the root. */
export const specPath = ({ spec, ownSpec }: Pick<GlobalOptions, "spec" | "ownSpec">): string =>
  spec ?? ownSpec ?? layout.spec;

/** Declares the global options. */
export const withGlobalOptions = (yargs: Argv): Argv<GlobalOptions> =>
  yargs.options({
    cwd: { type: "string", default: ".", requiresArg: true, description: "The project's folder" },
    spec: {
      type: "string",
      requiresArg: true,
      defaultDescription: `${layout.spec}, or "wsgen": { "spec": … } of package.json`,
      description: "The spec, relative to the project's folder",
    },
    "dry-run": { type: "boolean", default: false, description: "Say what would happen, write nothing" },
    diff: { type: "boolean", default: false, description: "Show the changes as a unified diff" },
    json: { type: "boolean", default: false, description: "Print one JSON document and nothing else" },
    force: { type: "boolean", default: false, description: "Overwrite what is refused otherwise" },
    quiet: { type: "boolean", default: false, description: "Print errors only" },
    verbose: { type: "boolean", default: false, description: "Print unchanged files too" },
    color: {
      type: "boolean",
      default: true,
      defaultDescription: "on a terminal",
      description: "Colours; --no-color",
    },
  }) as unknown as Argv<GlobalOptions>;
