import { stripVTControlCharacters } from "node:util";

/**
 * The columns of a text on a terminal. Replaces `string-width` in the bundle (see rolldown.config.js):
 * yargs only lays out wsgen's own help texts, in which every code point is one column wide.
 */
// biome-ignore lint/style/noDefaultExport: the shape of the package that it stands for
export default function textWidth(text: string): number {
  return [...stripVTControlCharacters(text)].length;
}
