/** Keywords that say something of a value. The others describe, or hold what is referred to. */
const assertions = new Set([
  ...["$ref", "type", "const", "enum", "pattern", "format", "minLength", "maxLength"],
  ...["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"],
  ...[
    "minItems",
    "maxItems",
    "uniqueItems",
    "prefixItems",
    "items",
    "contains",
    "minContains",
    "maxContains",
  ],
  ...["minProperties", "maxProperties", "required", "dependentRequired", "properties", "patternProperties"],
  ...["additionalProperties", "propertyNames", "dependentSchemas", "allOf", "anyOf", "oneOf", "not"],
  ...["if", "then", "else", "unevaluatedItems", "unevaluatedProperties"],
]);

export const isAssertion = (keyword: string): boolean => assertions.has(keyword);
