/**
 * Text made safe for a terminal: control characters, bidirectional overrides, invisible characters and lone surrogates
 * become visible escapes, so that no text of a spec can move the cursor, recolour or reorder the output, or look like
 * another one. Tabs and the characters that join emoji stay.
 */
export const escapeControls = (text: string): string =>
  text.replace(unsafeCharacters, (character) => {
    const code = character.codePointAt(0) ?? 0;
    const hex = code.toString(16).padStart(4, "0");
    return hex.length > 4 ? `\\u{${hex}}` : `\\u${hex}`;
  });

const unsafeCharacters =
  /[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u2028\u2029]|\p{Surrogate}|(?!\u200d|\ufe0f)\p{Default_Ignorable_Code_Point}|(?<!\p{Extended_Pictographic}|\ufe0f)(?:\u200d|\ufe0f)/gu;

/** A word or a quotation of more characters is cut: a name may have thousands. */
const maxWordLength = 200;

/** Shortens words and quotations that are too long to read. */
export const cutLongWords = (text: string): string =>
  text.replace(/"(?:[^"\\\n]|\\.)*"|'[^'\n]*'|\S+/g, (word) =>
    word.length <= maxWordLength ? word : `${word.slice(0, maxWordLength / 2)}…${word.slice(-20)}`,
  );

/** Blanks as wide as `text` on a terminal: a tab stays a tab, a wide character takes two columns. */
export function createBlanks(text: string): string {
  let blanks = "";
  for (const character of text) blanks += character === "\t" ? "\t" : " ".repeat(countColumns(character));
  return blanks;
}

/** How many terminal columns `text` takes, tabs counted as one. */
export function measureWidth(text: string): number {
  let width = 0;
  for (const character of text) width += countColumns(character);
  return width;
}

function countColumns(character: string): 0 | 1 | 2 {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x300) return 1;
  if (isWithin(combiningRanges, code)) return 0;
  return isWithin(wideRanges, code) ? 2 : 1;
}

type Ranges = readonly (readonly [number, number])[];

const isWithin = (ranges: Ranges, code: number): boolean =>
  ranges.some(([first, last]) => code >= first && code <= last);

/** Blocks of marks that are drawn over the character before, and joiners. */
const combiningRanges: Ranges = [
  [0x0300, 0x036f],
  [0x1ab0, 0x1aff],
  [0x1dc0, 0x1dff],
  [0x200b, 0x200f],
  [0x20d0, 0x20ff],
  [0xfe00, 0xfe0f],
  [0xfe20, 0xfe2f],
];

/** The large blocks of wide and full-width characters of Unicode's EastAsianWidth.txt. */
const wideRanges: Ranges = [
  [0x1100, 0x115f],
  [0x2e80, 0x303e],
  [0x3041, 0x33ff],
  [0x3400, 0x4dbf],
  [0x4e00, 0x9fff],
  [0xa000, 0xa4cf],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe30, 0xfe6f],
  [0xff00, 0xff60],
  [0xffe0, 0xffe6],
  [0x1f300, 0x1f64f],
  [0x1f680, 0x1f6ff],
  [0x1f900, 0x1f9ff],
  [0x20000, 0x3fffd],
];
