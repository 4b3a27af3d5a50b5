/** Refuses patterns that could take too long on input from clients. */
import { type Diagnostic, type Location, problem } from "../diagnostics/diagnostic.js";
import { printPointer, toRecord } from "../spec-file/json.js";
import type { JsonSchema } from "../spec-file/spec.js";
import { schemasIn } from "./keywords.js";
import type { PatternCost } from "./pattern/judge-pattern.js";

/** A schema to check, and the places of its parts in the spec. */
export interface CheckInput {
  readonly schema: JsonSchema;
  /** Finds the place in the spec of the value at a JSON Pointer (RFC 6901) within the schema. */
  readonly locate?: (pointer: string) => Location | undefined;
}

/** Checks the cost of every pattern of the schemas. No pattern runs before this. */
export async function checkPatterns(inputs: readonly CheckInput[]): Promise<readonly Diagnostic[]> {
  const patterns = inputs.flatMap(findPatterns);
  if (patterns.length === 0) return [];
  // It is large, so it is loaded only if there is a pattern.
  const { judgePattern } = await import("./pattern/judge-pattern.js");
  return patterns.flatMap(({ pattern, use, at }): readonly Diagnostic[] => {
    const found = findPatternProblem(judgePattern(pattern), use);
    if (found === undefined) return [];
    const message = `The pattern '${pattern}' ${found.message}.`;
    return [problem("invalid-schema", { message, fix: found.fix, at })];
  });
}

interface FoundPattern {
  readonly pattern: string;
  /** Absent for a pattern of names, which have no maxLength. */
  readonly use?: PatternUse;
  readonly at: Location | undefined;
}

const findPatterns = ({ schema: root, locate }: CheckInput): readonly FoundPattern[] =>
  [...schemasIn(root)].flatMap(({ schema, tokens }) => {
    if (typeof schema !== "object") return [];
    const at = (...inner: readonly string[]) => locate?.(printPointer([...tokens, ...inner]).slice(1));
    const { pattern, patternProperties, maxLength } = schema;
    const found = Object.keys(toRecord(patternProperties)).map(
      (name): FoundPattern => ({ pattern: name, at: at("patternProperties", name) }),
    );
    if (typeof pattern !== "string") return found;
    const limit = typeof maxLength === "number" ? maxLength : undefined;
    const use = { limit, isTrusted: schema["x-trusted-pattern"] === true };
    return [{ pattern, use, at: at("pattern") }, ...found];
  });

interface Problem {
  readonly message: string;
  readonly fix: string;
}

interface PatternUse {
  /** The longest string that it runs on, in characters: `maxLength`. */
  readonly limit: number | undefined;
  readonly isTrusted: boolean;
}

/** Steps that one test of a pattern may take: some milliseconds. */
const affordableSteps = 1_000_000;

/** The longest string, in characters, on which a pattern of this cost may run. */
export const affordableLength = (degree: number): number =>
  degree <= 1 ? Number.POSITIVE_INFINITY : Math.floor(affordableSteps ** (1 / degree) + 1e-6);

/** The reason why a pattern must not run on input from clients, as the end of a sentence that begins with the pattern. */
function findPatternProblem(cost: PatternCost, use: PatternUse | undefined): Problem | undefined {
  const oneWay = "so that it can match in only one way";
  if (cost.kind === "polynomial") {
    const { degree } = cost;
    const affordable = affordableLength(degree);
    if (degree <= 1 || isWithin(use, affordable)) return undefined;
    const power = ["quadratic", "cubic"][degree - 2];
    const message = power
      ? `can take ${power} time`
      : `can take time that grows with the length to the power of ${degree}`;
    return {
      message,
      fix: use
        ? `Add \`maxLength: ${affordable}\` or less, or rewrite it ${oneWay}; ${explainTrust(use)}.`
        : `Rewrite it ${oneWay}.`,
    };
  }
  if (use?.isTrusted && use.limit !== undefined) return undefined;
  const message =
    cost.kind === "unknown"
      ? cost.reason
      : "can take exponential time: it can match some strings in too many ways";
  return { message, fix: use ? `Rewrite it ${oneWay}; ${explainTrust(use)}.` : `Rewrite it ${oneWay}.` };
}

const isWithin = (use: PatternUse | undefined, affordable: number): boolean =>
  use?.limit !== undefined && (use.isTrusted || use.limit <= affordable);

const explainTrust = ({ isTrusted }: PatternUse): string =>
  isTrusted
    ? "a trusted pattern needs a `maxLength`"
    : "if you know that it is fast, add `x-trusted-pattern: true` and a `maxLength`";
