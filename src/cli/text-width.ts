import { stripVTControlCharacters } from "node:util";

/**
 * How many columns a text takes on a terminal. It stands for `string-width` in the bundle (see rolldown.config.js):
 * what yargs lays out are wsgen's own help texts, and in these every code point is one column wide.
 */
// biome-ignore lint/style/noDefaultExport: the shape of the package that it stands for
export default function textWidth(text: string): number {
  return [...stripVTControlCharacters(text)].length;
}
