// A document that several runs write: each its own sections, those of the others stay.
import { existsSync, readFileSync, writeFileSync } from "node:fs";

const ids = ["servers", "generators"];
const head = "# Benchmarks\n\nWritten by `npm run bench`.\n";

/** @param texts Markdown by the id of its section */
export function writeSections(file, texts) {
  const old = existsSync(file) ? readFileSync(file, "utf8") : "";
  const sections = ids.map((id) => section(id, texts[id] ?? read(old, id)));
  writeFileSync(file, [head, ...sections].join("\n"));
}

const start = (id) => `<!-- ${id} -->\n`;
const end = (id) => `<!-- end of ${id} -->\n`;
const section = (id, text) => `${start(id)}${text}${end(id)}`;

function read(text, id) {
  const from = text.indexOf(start(id));
  return from < 0 ? "" : text.slice(from + start(id).length, text.indexOf(end(id)));
}
