/** The line end that a text uses, by its first; `\n` when it has none. */
export const newlineOf = (text: string): string => /\r?\n/.exec(text)?.[0] ?? "\n";

/** The start of the line that holds the offset. */
export const lineStart = (text: string, at: number): number =>
  at === 0 ? 0 : text.lastIndexOf("\n", at - 1) + 1;

/** The blanks with which the line at an offset begins. */
export function indentAt(text: string, at: number): string {
  const start = lineStart(text, at);
  let end = start;
  while (text[end] === " " || text[end] === "\t") end++;
  return text.slice(start, end);
}

/** The start of the line above the one that starts at `start`; undefined at the first line. */
export const lineAbove = (text: string, start: number): number | undefined =>
  start === 0 ? undefined : lineStart(text, start - 1);

/** The start of the line after the one that holds the offset, or the end of the text. */
export function nextLine(text: string, at: number): number {
  const end = text.indexOf("\n", at);
  return end === -1 ? text.length : end + 1;
}

/** Where the line of a value is over; the offset itself where the value ended with its line, as block texts do. */
export const lineAfter = (text: string, at: number): number =>
  at > 0 && text[at - 1] === "\n" ? at : nextLine(text, at);

/** How many characters of line end stand directly before an offset. */
export function newlineBefore(text: string, at: number): number {
  if (text[at - 1] !== "\n") return 0;
  return text[at - 2] === "\r" ? 2 : 1;
}
