import type { SpecEntry } from "../spec/edit-spec.js";

/** A module, or a command or an event of one, as the command line names it. */
export interface Subject {
  readonly kind: "module" | "command" | "event";
  readonly module: string;
  /** The name of the command or event; undefined for a module. */
  readonly name: string | undefined;
}

/** Where a subject stands in the spec. */
export const specEntry = ({ kind, module, name }: Subject, file: string): SpecEntry =>
  name === undefined ? { file, kind, name: module } : { file, kind, module, name };
