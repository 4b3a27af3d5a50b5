/** URIs (RFC 3986) and templates of them (RFC 6570). */
import { isIpv6 } from "./format-host.js";

const scheme = /^[A-Za-z][A-Za-z0-9+.-]*$/;
const pathText = /^(?:[A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-Fa-f]{2})*$/;
const queryText = /^(?:[A-Za-z0-9._~!$&'()*+,;=:@/?-]|%[0-9A-Fa-f]{2})*$/;
const userText = /^(?:[A-Za-z0-9._~!$&'()*+,;=:-]|%[0-9A-Fa-f]{2})*$/;
const nameText = /^(?:[A-Za-z0-9._~!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*$/;
const futureAddress = /^[Vv][0-9A-Fa-f]+\.[A-Za-z0-9._~!$&'()*+,;=:-]+$/;

/** An absolute URI, with or without a fragment. */
export function isUri(text: string): boolean {
  const colon = text.indexOf(":");
  return colon > 0 && scheme.test(text.slice(0, colon)) && isRelativePart(text.slice(colon + 1));
}

/** A URI, or a reference relative to one. A first segment with a colon would be read as a scheme. */
export function isUriReference(text: string): boolean {
  if (isUri(text)) return true;
  const [first = ""] = text.split(/[/?#]/, 1);
  return !first.includes(":") && isRelativePart(text);
}

/** Everything after the scheme: authority, path, query and fragment. */
function isRelativePart(text: string): boolean {
  const [beforeFragment, fragment] = cut(text, "#");
  const [hierarchy, query] = cut(beforeFragment, "?");
  if (!queryText.test(query) || !queryText.test(fragment)) return false;
  if (!hierarchy.startsWith("//")) return pathText.test(hierarchy);
  const slash = hierarchy.indexOf("/", 2);
  const end = slash === -1 ? hierarchy.length : slash;
  return isAuthority(hierarchy.slice(2, end)) && pathText.test(hierarchy.slice(end));
}

function cut(text: string, at: string): readonly [before: string, after: string] {
  const place = text.indexOf(at);
  return place === -1 ? [text, ""] : [text.slice(0, place), text.slice(place + 1)];
}

function isAuthority(text: string): boolean {
  const at = text.lastIndexOf("@");
  const host = text.slice(at + 1);
  if (at !== -1 && !userText.test(text.slice(0, at))) return false;
  const bracket = host.startsWith("[") ? host.indexOf("]") : -1;
  if (bracket !== -1) return isAddress(host.slice(1, bracket)) && /^(?::\d*)?$/.test(host.slice(bracket + 1));
  const [name, port] = cut(host, ":");
  return nameText.test(name) && /^\d*$/.test(port);
}

const isAddress = (text: string): boolean => isIpv6(text) || futureAddress.test(text);

const expression =
  /^[+#./;?&=,!@|]?(?:[A-Za-z0-9_]|%[0-9A-Fa-f]{2})(?:[A-Za-z0-9_.]|%[0-9A-Fa-f]{2})*(?::[1-9]\d{0,3}|\*)?$/;
const variable = /^(?:[A-Za-z0-9_]|%[0-9A-Fa-f]{2})(?:[A-Za-z0-9_.]|%[0-9A-Fa-f]{2})*(?::[1-9]\d{0,3}|\*)?$/;
const literalText = /^(?:[^\u0000- "'%<>\\^`{|}\u007f]|%[0-9A-Fa-f]{2})*$/u;

/** Literal text with expressions in braces: `/rooms/{room}{?page,size}`. */
export function isUriTemplate(text: string): boolean {
  const [first = "", ...parts] = text.split("{");
  return (
    literalText.test(first) &&
    parts.every((part) => {
      const end = part.indexOf("}");
      return end > 0 && isExpression(part.slice(0, end)) && literalText.test(part.slice(end + 1));
    })
  );
}

function isExpression(text: string): boolean {
  const [first = "", ...others] = text.split(",");
  return expression.test(first) && others.every((other) => variable.test(other));
}
