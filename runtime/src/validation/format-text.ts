/** Formats of texts that programs read. */

const uuid = /^[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}$/;

/** A UUID (RFC 9562 §4), of any version. */
export const isUuid = (text: string): boolean => uuid.test(text);

const jsonPointer = /^(?:\/(?:[^~/]|~[01])*)*$/;

/** A JSON Pointer (RFC 6901 §3); not one in a URI fragment. */
export const isJsonPointer = (text: string): boolean => jsonPointer.test(text);

const relativePrefix = /^(?:0|[1-9]\d*)(?=[#/]|$)/;

/** A number of steps up, then a JSON Pointer or `#`. */
export function isRelativeJsonPointer(text: string): boolean {
  const steps = relativePrefix.exec(text)?.[0];
  if (steps === undefined) return false;
  const rest = text.slice(steps.length);
  return rest === "#" || isJsonPointer(rest);
}

/** A regular expression (ECMA-262, with the `u` flag). It is read, not run. */
export function isRegex(text: string): boolean {
  try {
    return new RegExp(text, "u") instanceof RegExp;
  } catch {
    return false;
  }
}
