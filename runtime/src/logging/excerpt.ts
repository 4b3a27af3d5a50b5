/** The most characters of strings and names of a message in one `up` or `down` line. */
const charactersOfLine = 1_024;

/**
 * The beginning of a message, for a log line or the inspector. Members keep their places, so that redaction by path works. Strings and
 * lists are cut, with their length added; bytes are shown as their number. Never throws.
 */
export function excerpt(message: unknown, maxCharacters = charactersOfLine): unknown {
  let left = maxCharacters;
  const visit = (value: unknown): unknown => {
    if (typeof value === "string") return cut(value);
    if (typeof value !== "object" || value === null) {
      left -= 8;
      return value;
    }
    if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return `${value.byteLength} bytes`;
    if ("toJSON" in value && typeof value.toJSON === "function") return visit(value.toJSON());
    return Array.isArray(value) ? visitList(value) : visitMembers(value);
  };
  const cut = (text: string): string => {
    const shown = text.slice(0, Math.max(0, left));
    left -= shown.length + 2;
    return shown.length === text.length ? text : `${shown}… (${text.length} characters)`;
  };
  const visitList = (list: readonly unknown[]): unknown[] => {
    const items: unknown[] = [];
    for (const item of list) {
      if (left <= 0) return [...items, `… (${list.length} items)`];
      items.push(visit(item));
    }
    return items;
  };
  const visitMembers = (value: object): Record<string, unknown> => {
    const members: Record<string, unknown> = Object.create(null);
    for (const [name, member] of Object.entries(value)) {
      if (left <= 0) {
        members["…"] = "cut";
        break;
      }
      left -= name.length + 4;
      members[name] = visit(member);
    }
    return members;
  };
  try {
    return visit(message);
  } catch {
    return "an unreadable message";
  }
}
