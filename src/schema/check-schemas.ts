/** Checks the schemas of a spec before any other stage reads them. The cost of patterns is checked later. */
import { type Diagnostic, problem } from "../diagnostics/diagnostic.js";
import { addExcerpts } from "../diagnostics/source-text.js";
import { didYouMean, suggest } from "../diagnostics/suggest.js";
import { isRecord, printPointer, schemaAt } from "../spec-file/json.js";
import type { JsonSchema, LocatedSchema, Spec } from "../spec-file/spec.js";
import { leadToSchema, sameValue, schemasIn, subschemas } from "./keywords.js";
import { type Reference, readReference, sharedPointer } from "./reference.js";

/** The code of a schema with more or deeper subschemas could not be compiled. */
const maxSubschemas = 20_000;
const maxDepth = 64;
/** Limits the output: a hostile spec could cause hundreds of thousands of problems. */
const maxFindings = 1_000;

/**
 * Checks the size of every schema, that each `$ref` leads to a schema, and that no schema refers only to itself. Skips
 * keywords of the wrong type: the spec's reader has reported them.
 */
export function checkSchemas(spec: Spec): readonly Diagnostic[] {
  const check = new SchemaCheck(spec);
  const schemas = [
    ...spec.schemas.map(({ schema }) => schema),
    ...spec.modules.flatMap(({ handshake, presence, commands, events, errors }) => [
      ...Object.values(handshake),
      presence?.state,
      ...commands.flatMap(({ request, reply, errors: own }) => [
        request,
        reply,
        ...own.map(({ details }) => details),
      ]),
      ...events.map(({ data }) => data),
      ...errors.map(({ details }) => details),
    ]),
  ].filter((schema) => schema !== undefined);
  const places = schemas.flatMap((home) => check.visitSchema(home));
  const states = new Set(spec.modules.map(({ presence }) => presence?.state));
  for (const place of places) if (states.has(place.home)) check.visitPublicState(place);
  for (const place of places) check.visitCircles(place);
  const found = [...check.found.values()];
  return addExcerpts(found, spec.sources);
}

/** One schema within a whole one of the spec. */
interface SchemaLocation {
  readonly schema: JsonSchema;
  readonly tokens: readonly string[];
  readonly home: LocatedSchema;
}

/** A step from schema to schema of the same value. */
interface Step {
  readonly to: SchemaLocation;
  /** The schema with the reference that led here. */
  readonly via: SchemaLocation | undefined;
}

class SchemaCheck {
  /** By place and message: a problem that an alias repeats is reported once. */
  readonly found = new Map<string, Diagnostic>();
  readonly #shared: ReadonlyMap<string, LocatedSchema>;
  /** Comparing with every name for every reference would take quadratic time in a hostile spec. */
  readonly #names: readonly string[];
  readonly #visited = new Map<JsonSchema, "open" | "done">();

  constructor({ schemas }: Spec) {
    this.#shared = new Map(schemas.map(({ name, from, schema }) => [from ?? name.value, schema]));
    this.#names = schemas
      .filter(({ from }) => from === undefined)
      .map(({ name }) => name.value)
      .slice(0, 200);
  }

  /** Checks a whole schema. @returns the schemas within it */
  visitSchema(home: LocatedSchema): readonly SchemaLocation[] {
    const places: SchemaLocation[] = [];
    for (const { schema, tokens, depth } of schemasIn(home.value)) {
      const place = { schema, tokens, home };
      if (depth > maxDepth || places.length >= maxSubschemas) {
        const message = "The schema is too large or nested too deeply.";
        this.#add("invalid-schema", place, { message, fix: "Split it into shared schemas." });
        break;
      }
      places.push(place);
      this.#visitReference(place);
    }
    return places;
  }

  /** Reports a local reference of a public state, which becomes a part of the data of an event. */
  visitPublicState(place: SchemaLocation): void {
    const $ref = readRef(place.schema);
    if ($ref === undefined || readReference($ref, place.home.value).kind !== "self") return;
    const message = `The public state has the local reference '${$ref}'; expected only shared schemas.`;
    this.#add("invalid-schema", place, {
      message,
      fix: "Move the schema below `schemas:`, and write `#/schemas/Name`.",
    });
  }

  /**
   * Reports the references that lead back to themselves without entering a member or an item: a validator would
   * never end. Walks depth first with its own stack, because a chain of references may be long.
   */
  visitCircles(start: SchemaLocation): void {
    const path: { readonly step: Step; readonly next: Iterator<Step> }[] = [];
    const enter = (step: Step): void => {
      const { schema } = step.to;
      if (this.#visited.get(schema) === "open" && step.via) this.#reportCircle(step.via);
      if (typeof schema !== "object" || this.#visited.has(schema)) return;
      this.#visited.set(schema, "open");
      path.push({ step, next: this.#stepsFrom(step) });
    };
    enter({ to: start, via: undefined });
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const { done, value } = top.next.next();
      if (!done) enter(value);
      else this.#visited.set(path.pop()?.step.to.schema ?? true, "done");
    }
  }

  *#stepsFrom({ to, via }: Step): Generator<Step, undefined> {
    const target = this.#follow(to);
    if (target !== undefined) yield { to: target, via: to };
    for (const { keyword, tokens, schema } of subschemas(to.schema)) {
      if (sameValue.has(keyword)) yield { to: { ...to, schema, tokens: [...to.tokens, ...tokens] }, via };
    }
  }

  #follow({ schema, home }: SchemaLocation): SchemaLocation | undefined {
    const $ref = readRef(schema);
    const reference = $ref === undefined ? undefined : readReference($ref, home.value);
    if (reference?.kind === "shared") {
      const shared = this.#shared.get(reference.name);
      return shared && { schema: shared.value, tokens: [], home: shared };
    }
    if (reference?.kind !== "self" || !leadToSchema(reference.tokens)) return undefined;
    const target = schemaAt(home.value, reference.tokens);
    return target === undefined ? undefined : { schema: target, tokens: reference.tokens, home };
  }

  #visitReference(place: SchemaLocation): void {
    const $ref = readRef(place.schema);
    if ($ref === undefined || isUnresolvedFile($ref) || this.#follow(place) !== undefined) return;
    const reference = readReference($ref, place.home.value);
    const suggestion = this.#suggestTarget(reference, place.home.value);
    const why = reference.kind === "unsupported" ? `: ${reference.reason}.` : ".";
    const hint = suggestion === undefined ? why : didYouMean(suggestion);
    const advice =
      reference.kind === "shared"
        ? `Add '${reference.name}' below \`schemas:\`.`
        : "Write `#/schemas/Name` for a shared schema, or `#/$defs/Name` for a local one.";
    this.#add("unknown-reference", place, {
      message: `Unknown schema '${$ref}'${hint}`,
      fix: suggestion === undefined ? advice : `Write \`${suggestion}\`.`,
    });
  }

  #suggestTarget(reference: Reference, root: JsonSchema): string | undefined {
    if (reference.kind === "unsupported" || this.found.size >= maxFindings) return undefined;
    if (reference.kind === "shared") {
      const name = suggest(reference.name, this.#names);
      return name && sharedPointer(name);
    }
    const [first, wanted = "", ...more] = reference.tokens;
    const own = typeof root === "object" && isRecord(root.$defs) ? Object.keys(root.$defs) : [];
    const name = first === "$defs" && more.length === 0 ? suggest(wanted, own.slice(0, 200)) : undefined;
    return name && printPointer(["$defs", name]);
  }

  #reportCircle(place: SchemaLocation): void {
    const message = "This reference leads back to itself without reaching a value.";
    this.#add("invalid-schema", place, {
      message,
      fix: "Let the cycle pass through `properties` or `items`.",
    });
  }

  /** Reports a problem at the `$ref` of a schema, or at the schema if it has no `$ref`. */
  #add(
    code: "invalid-schema" | "unknown-reference",
    { tokens, home }: SchemaLocation,
    text: Pick<Diagnostic, "message"> & { readonly fix: string },
  ): void {
    if (this.found.size >= maxFindings) return;
    const at = home.locate?.(printPointer([...tokens, "$ref"]).slice(1)) ?? home.at;
    this.found.set(`${at.file}:${at.line}:${at.column} ${text.message}`, problem(code, { ...text, at }));
  }
}

/** A reference to a file that is still there was reported by the reader of the spec. */
const isUnresolvedFile = ($ref: string): boolean => !$ref.startsWith("#");

function readRef(schema: JsonSchema): string | undefined {
  const $ref = typeof schema === "object" ? schema.$ref : undefined;
  return typeof $ref === "string" ? $ref : undefined;
}
