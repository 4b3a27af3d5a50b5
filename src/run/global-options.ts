import { layout } from "../model/module-files.js";

/** The options of every command. */
export interface GlobalOptions {
  /** The project's root, absolute. */
  readonly cwd: string;
  /** The spec, relative to the root; undefined when not given. */
  readonly spec: string | undefined;
  /** The spec that the project's package.json names, also relative to the root. */
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
export const getSpecPath = ({ spec, ownSpec }: Pick<GlobalOptions, "spec" | "ownSpec">): string =>
  spec ?? ownSpec ?? layout.spec;
