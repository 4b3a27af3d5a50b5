import type { Model, ModuleModel } from "../../model/model.js";
import type { TreePath } from "../../tree/tree.js";

/**
 * Lets the test setup of a renamed module follow: the path that its tests connect to, which begins with the module's flag,
 * and the file that its first line names. Both are as wsgen wrote them, or stay.
 */
export function followInSetup(
  files: Map<TreePath, string>,
  { before, after, from, to }: { before: Model; after: Model; from: string; to: string },
): void {
  const old = moduleOf(before, from);
  const next = moduleOf(after, to);
  const text = next && files.get(next.files.setup);
  if (old === undefined || next === undefined || text === undefined) return;
  const heading = `How ${old.files.generatedTest} starts`;
  const [first = ""] = text.split("\n", 1);
  const start = first.startsWith("//") || first.startsWith("\uFEFF//") ? first.indexOf(heading) : -1;
  const headed =
    start < 0
      ? text
      : `${text.slice(0, start)}How ${next.files.generatedTest} starts${text.slice(start + heading.length)}`;
  files.set(next.files.setup, withFlag(headed, old.flag, next.flag));
}

const moduleOf = ({ modules }: Model, name: string): ModuleModel | undefined =>
  modules.find(({ wireName }) => wireName === name);

/** The text with another flag in the line `path: "/<flag>/…"`. */
function withFlag(text: string, flag: string, next: string): string {
  const found = /^[ \t]*path: ["'`]\//m.exec(text);
  if (found === null) return text;
  const start = found.index + found[0].length;
  return text.startsWith(`${flag}/`, start)
    ? text.slice(0, start) + next + text.slice(start + flag.length)
    : text;
}
