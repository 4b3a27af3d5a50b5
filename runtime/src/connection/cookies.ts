/**
 * Reads the header `Cookie` (RFC 6265 §5.4): names with decoded values. Of several cookies with one name, the first
 * counts: a browser sends the one with the longest path first.
 */
export function readCookies(header: string | string[] | undefined): Readonly<Record<string, string>> {
  const cookies: Record<string, string> = Object.create(null);
  for (const pair of [header ?? ""].flat().join("; ").split(";")) {
    const equals = pair.indexOf("=");
    const name = pair.slice(0, equals).trim();
    if (equals === -1 || name === "" || name in cookies) continue;
    cookies[name] = decode(pair.slice(equals + 1).trim());
  }
  return cookies;
}

/** A value in quotes loses them. A value that is not percent-encoded UTF-8 stays as it is. */
function decode(value: string): string {
  const text = /^".*"$/.test(value) ? value.slice(1, -1) : value;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
