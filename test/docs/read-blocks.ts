import { readdirSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** A fenced block of a document. The words after the language say what becomes of it. */
export interface Block {
  /** `docs/runtime.md:12`, where its fence stands. */
  readonly place: string;
  readonly language: string;
  readonly words: readonly string[];
  readonly text: string;
  /** Where its code is compiled: `runtime/line-12.ts`, or what `file=` says in place of the last part. */
  readonly file: string;
}

/** The blocks of the README and of everything in `docs`, in order. */
export function readBlocks(): readonly Block[] {
  const documents = readdirSync(`${root}docs`).filter((name) => name.endsWith(".md"));
  return ["README.md", ...documents.map((name) => `docs/${name}`)].flatMap((path) =>
    blocksOf(path, readFileSync(root + path, "utf8")),
  );
}

function blocksOf(path: string, text: string): Block[] {
  const folder = basename(path, ".md").toLowerCase();
  return [...text.matchAll(/^```(\w*)([^\n]*)\n(.*?)^```$/gms)].map(
    ([all, language = "", info = "", body = ""]) => {
      const line = text.slice(0, text.indexOf(all)).split("\n").length;
      const words = info.split(/\s+/).filter((word) => word !== "");
      const name = words.find((word) => word.startsWith("file="))?.slice("file=".length);
      return {
        place: `${path}:${line}`,
        language,
        words,
        text: body,
        file: `${folder}/${name ?? `line-${line}.ts`}`,
      };
    },
  );
}
