/** The schemas of a request before and after its defaults are filled in. */

import type { JsonSchema } from "../../spec-file/spec.js";
import type { Follow } from "../reference.js";
import { createSearch, listDefaults, listOptional } from "./find-defaults.js";
import { type DefaultValue, omitDefaults, RequiredRewriter, requireDefaults } from "./rewrite-required.js";

export interface RequestDefaults {
  /** The schema of a request with its defaults: each property that has one is required. */
  readonly filled: JsonSchema;
  /** The schema of a request without them: no property that has one is required. */
  readonly sent: JsonSchema;
  readonly values: readonly DefaultValue[];
}

/** The defaults of a request, also in nested objects, items, `allOf` and behind references; undefined without any. */
export function readRequestDefaults(request: JsonSchema, follow: Follow): RequestDefaults | undefined {
  const root = { schema: request, root: request };
  const isDefault = createSearch(follow, (part) => listDefaults(part, follow).size > 0);
  if (!isDefault(root)) return undefined;
  const isRequired = createSearch(follow, (part) => listOptional(part, follow).size > 0);
  const filled = new RequiredRewriter(follow, isDefault, requireDefaults);
  return {
    filled: filled.rewrite(request),
    sent: isRequired(root)
      ? new RequiredRewriter(follow, isRequired, omitDefaults).rewrite(request)
      : request,
    values: filled.values,
  };
}
