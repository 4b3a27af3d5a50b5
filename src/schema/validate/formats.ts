interface FormatCheck {
  /** The function of `wsgen-runtime/validation` that knows it. */
  readonly helper: string;
  /** How a message calls a text of the format. */
  readonly description: string;
}

const check = (helper: string, description: string): FormatCheck => ({ helper, description });

const formats = new Map([
  ["date", check("isDate", "a date (2021-04-22)")],
  ["date-time", check("isDateTime", "a date-time (2021-04-22T22:00:00Z)")],
  ["duration", check("isDuration", "a duration (PT30M)")],
  ["email", check("isEmail", "an email address")],
  ["hostname", check("isHostname", "a host name")],
  ["ipv4", check("isIpv4", "an IPv4 address")],
  ["ipv6", check("isIpv6", "an IPv6 address")],
  ["json-pointer", check("isJsonPointer", "a JSON Pointer")],
  ["regex", check("isRegex", "a regular expression")],
  ["relative-json-pointer", check("isRelativeJsonPointer", "a relative JSON Pointer")],
  ["time", check("isTime", "a time (22:00:00Z)")],
  ["uri", check("isUri", "a URI")],
  ["uri-reference", check("isUriReference", "a URI reference")],
  ["uri-template", check("isUriTemplate", "a URI template")],
  ["uuid", check("isUuid", "a UUID")],
]);

/** How a format is checked. @throws {TypeError} for one that is not known; those were refused before. */
export function formatCheck(format: string): FormatCheck {
  const known = formats.get(format);
  if (known === undefined) throw new TypeError(`unknown format ${format}`);
  return known;
}
