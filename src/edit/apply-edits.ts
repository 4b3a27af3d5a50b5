import { type Diagnostic, hasErrors, type Outcome } from "../diagnostics/diagnostic.js";
import { getSyntaxErrors, parseSource, type Source } from "../syntax/parse-source.js";
import { applySplices, type Splice } from "../syntax/splice.js";
import { addElements } from "./add-elements.js";
import { addImports } from "./add-imports.js";
import { type Edit, isListEdit, writeInstructions } from "./edit.js";
import { joinProposals, type Proposal } from "./proposal.js";
import { removeElements } from "./remove-elements.js";
import { removeImports } from "./remove-imports.js";
import { setLiterals } from "./set-literals.js";
import { readTextStyle } from "./text-style.js";

/**
 * Edits one file: all of the edits or none. The AST gives the place of each edit, and only the splices change: every
 * other byte stays. An edit that is already there changes nothing, so that editing twice equals editing once.
 *
 * The value is the new text, equal to the old one if nothing had to change. It is undefined with `source-syntax`
 * (the file is broken) and `unexpected-shape` (the code was rewritten; `fix` has the lines to add by hand). A literal or
 * a list that the user replaced with an expression is left, with a note `user-expression`.
 * @throws Error when an edit breaks the syntax, which is a defect of wsgen.
 */
export function applyEdits(file: Pick<Source, "path" | "text">, edits: readonly Edit[]): Outcome<string> {
  let source = parseSource(file.path, file.text);
  const broken = getSyntaxErrors(source);
  if (broken.length > 0) return { value: undefined, diagnostics: broken };
  const proposals: Proposal[] = [];
  for (const propose of createPasses(edits)) {
    const proposal = propose(source);
    proposals.push(proposal);
    if (proposal.splices?.length) source = splice(source, proposal.splices);
  }
  const { diagnostics: found, pending } = joinProposals(proposals);
  // All edits of one class may fail to find it; the first of them has the lines to add.
  const diagnostics = [...new Map(found.toReversed().map((each) => [each.message, each])).values()].reverse();
  if (!hasErrors(diagnostics)) return { value: source.text, diagnostics };
  return {
    value: undefined,
    diagnostics: withInstructions(diagnostics, writeInstructions(file.path, pending)),
  };
}

/** Each pass receives the text from the pass before it. For example, an import can only be removed after its element. */
function createPasses(edits: readonly Edit[]): ((source: Source) => Proposal)[] {
  const removals = edits.filter((edit) => isListEdit(edit, "remove"));
  const unimports = edits.filter((edit) => edit.edit === "remove-import");
  const imports = edits.filter((edit) => edit.edit === "add-import");
  const additions = edits.filter((edit) => isListEdit(edit, "add"));
  const literals = edits.filter((edit) => edit.edit === "set-literal");
  return [
    (source) => removeElements(source, removals),
    (source) => removeImports(source, unimports),
    (source) => {
      const styled = { ...source, style: readTextStyle(source.text) };
      const added = addElements(styled, additions, imports);
      const unadded = new Set(added.unadded);
      const needed = imports.filter(({ name }) => !unadded.has(name));
      return joinProposals([addImports(styled, needed), added, setLiterals(styled, literals)]);
    },
  ];
}

function splice({ path, text }: Source, splices: readonly Splice[]): Source {
  const spliced = parseSource(path, applySplices(text, splices));
  const [error] = getSyntaxErrors(spliced);
  if (error) throw new Error(`an edit of ${path} broke line ${error.at?.line}: ${error.message}`);
  return spliced;
}

/** Adds the instructions for all edits to the first error, because nothing was changed. */
function withInstructions(diagnostics: readonly Diagnostic[], fix: string): Diagnostic[] {
  const first = diagnostics.findIndex(({ severity }) => severity === "error");
  return diagnostics.map((diagnostic, index) => (index === first ? { ...diagnostic, fix } : diagnostic));
}
