import type { Model } from "../model/model.js";
import { schemaAt } from "../schema/pointer.js";
import { readReference, sharedPointer } from "../schema/reference.js";
import type { SampleContext } from "../schema/sample/place.js";
import { createValueChecker, type ValueChecker } from "../schema/value-checker.js";
import type { JsonSchema } from "../spec/spec.js";

/** The shared schemas of a model, and what is made over them when it is first asked for. */
export class SharedSchemas {
  readonly byPointer: ReadonlyMap<string, { readonly name: string; readonly schema: JsonSchema }>;
  /** Holds values against schemas. */
  readonly checker: ValueChecker;

  constructor({ schemas }: Model) {
    this.byPointer = new Map(
      schemas.map(({ wireName, validator, schema }) => [
        sharedPointer(wireName),
        { name: validator, schema },
      ]),
    );
    this.checker = createValueChecker(new Map(schemas.map(({ wireName, schema }) => [wireName, schema])));
  }

  readonly follow: SampleContext["follow"] = (ref, root) => {
    const reference = readReference(ref, root);
    if (reference.kind === "unsupported") return undefined;
    const schema =
      reference.kind === "shared"
        ? this.byPointer.get(reference.pointer)?.schema
        : schemaAt(root, reference.tokens);
    return schema === undefined ? undefined : { schema, root: reference.kind === "shared" ? schema : root };
  };
}
