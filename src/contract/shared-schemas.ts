import type { Model } from "../model/model.js";
import { schemaAt } from "../schema/pointer.js";
import { readReference, sharedPointer } from "../schema/reference.js";
import type { SampleContext } from "../schema/sample/place.js";
import type { SharedValidator } from "../schema/validators.js";
import { createValueChecker, type ValueChecker } from "../schema/value-checker.js";

/** The shared schemas of a model, and what is made over them when it is first asked for. */
export class SharedSchemas {
  readonly byPointer: ReadonlyMap<string, SharedValidator>;
  /** Holds values against schemas. */
  readonly checker: ValueChecker;

  constructor({ schemas }: Model) {
    this.byPointer = new Map(
      schemas.map(({ wireName, validator, schema, fieldsName }) => [
        sharedPointer(wireName),
        { name: validator, schema, fieldsName },
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
