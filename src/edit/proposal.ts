import { type Diagnostic, problem } from "../diagnostics/diagnostic.js";
import { compiler, type ts } from "../syntax/compiler.js";
import { markAt, type Source } from "../syntax/parse-source.js";
import type { Splice } from "../syntax/splice.js";
import type { Edit } from "./edit.js";

/** The changes that a group of edits makes to one text. With an error among the diagnostics none is applied. */
export interface Proposal {
  readonly splices?: readonly Splice[];
  readonly diagnostics?: readonly Diagnostic[];
  /** The edits that are not in the text yet, for the instructions to the user. */
  readonly pending?: readonly Edit[];
  /** Classes that are not added to a list, so that this file does not need to import them. */
  readonly unadded?: readonly string[];
}

export const joinProposals = (proposals: readonly Proposal[]): Required<Proposal> => ({
  splices: proposals.flatMap(({ splices = [] }) => splices),
  diagnostics: proposals.flatMap(({ diagnostics = [] }) => diagnostics),
  pending: proposals.flatMap(({ pending = [] }) => pending),
  unadded: proposals.flatMap(({ unadded = [] }) => unadded),
});

/** The first error of a file has the instructions. */
export const byHand = "Make the change by hand: the first error of this file lists the lines.";

/** The code has a shape that wsgen cannot edit. The instructions are added when all edits are known. */
export const reportShape = (source: Source, message: string, node: ts.Node = source.file): Diagnostic =>
  problem("unexpected-shape", { message, fix: byHand, ...markNode(source, node) });

/** The user has replaced a value of the spec with an expression. */
export function reportExpression(source: Source, message: string, node: ts.Node): Diagnostic {
  return { code: "user-expression", severity: "note", message, ...markNode(source, node) };
}

function markNode(source: Source, node: ts.Node): Pick<Diagnostic, "at" | "excerpt"> {
  const start = node.kind === compiler.SyntaxKind.SourceFile ? 0 : node.getStart(source.file);
  const end = source.text.slice(start, node.getEnd()).search(/[\r\n]/);
  const length = node === source.file ? 1 : end < 0 ? node.getEnd() - start : end;
  return markAt(source, start, length);
}
