import fc from "fast-check";
import { renameProject } from "../../src/syntax/rename-project.js";

/** The user's own files of a project, by path. */
export type Files = ReadonlyMap<string, string>;

/** One thing that a person does to the code of a project. Every line that is a person's has the word `mine`. */
export type UserEdit = (files: Files) => Promise<Files>;

const isCommand = (path: string): boolean => /^src\/.*\.command\.ts$/.test(path);
const isModule = (path: string): boolean => /^src\/.*\.module\.ts$/.test(path);
const isOwn = (path: string): boolean => /^(src|test)\/.*\.ts$/.test(path) && !path.includes(".gen.");

/** Changes one of the files that the edit is meant for, if there is any. */
const inFile =
  (accept: (path: string) => boolean, pick: number, edit: (text: string) => string): UserEdit =>
  async (files) => {
    const paths = [...files.keys()].filter(accept);
    const path = paths[pick % paths.length];
    return path === undefined ? files : new Map([...files, [path, edit(files.get(path)!)]]);
  };

const unlessThere = (text: string, word: string, edited: string): string =>
  text.includes(word) ? text : edited;

/** Edits inside of one file; the number makes names differ. */
const textEdits: readonly [accept: (path: string) => boolean, edit: (text: string, id: number) => string][] =
  [
    [
      isOwn,
      (text, id) => text.replace(/^(export class|const server|export const setup)/m, `// mine ${id}\n$1`),
    ],
    [isOwn, (text, id) => `${text}// mine ${id}, at the end`],
    [isOwn, (text, id) => text.replace(/^(\uFEFF?)/, `$1import "node:path"; // mine ${id}\n`)],
    [
      isModule,
      (text, id) => text.replace(/(implements IWebsocket \{\r?\n)/, `$1  readonly mine${id} = ${id};\n\n`),
    ],
    [
      isCommand,
      (text, id) =>
        text.replace(/throw new NotImplementedError\(.*\);/, `return undefined as never; // mine ${id}`),
    ],
    [isModule, (text, id) => text.replace(/(new \w+Command\(\),)$/m, `$1 // mine ${id}`)],
    [
      isModule,
      (text, id) =>
        unlessThere(
          text,
          "...[]",
          text.replace(/(return \[)(\r?\n\s+new)/, `$1\n      // mine ${id}\n      ...[],$2`),
        ),
    ],
    [
      isModule,
      (text) => text.replace(/return \[\s+(new \w+\(\)),\s+(new \w+\(\)),\s+\];/, "return [$1, $2];"),
    ],
    [
      isModule,
      (text, id) => text.replace(/return (\d+);/, `return Number(process.env["MINE_${id}"] ?? $1);`),
    ],
    [isOwn, (text) => text.replaceAll(/^( {2})+/gm, (blanks) => "\t".repeat(blanks.length / 2))],
    [isOwn, (text) => text.replaceAll(/\r?\n/g, "\r\n")],
    [isOwn, (text) => (text.startsWith("\uFEFF") ? text : `\uFEFF${text}`)],
    [isOwn, (text) => text.trimEnd()],
  ];

/** A dependency: a parameter of a command's constructor, and what the module hands it. */
const addDependency =
  (pick: number): UserEdit =>
  async (files) => {
    const paths = [...files.keys()].filter(isCommand);
    const path = paths[pick % paths.length];
    const className = path && /class (\w+)/.exec(files.get(path)!)?.[1];
    if (!path || !className || files.get(path)!.includes("constructor(")) return files;
    // Modules may have commands of one name: only where there is one class of it is it clear whose it is.
    const isOnly = [...files].filter(([, text]) => text.includes(`class ${className} `)).length === 1;
    const module = isOnly && [...files].find(([, text]) => text.includes(`new ${className}(),`));
    if (!module) return files;
    const command = files
      .get(path)!
      .replace(/(implements ICommand<.*> \{\r?\n)/, "$1  constructor(readonly mine: string) {}\n\n");
    if (command === files.get(path)) return files;
    return new Map([
      ...files,
      [path, command],
      [module[0], module[1].replace(`new ${className}(),`, `new ${className}("mine"),`)],
    ]);
  };

/** A file gets another folder and name, and an editor sees to the imports. */
const moveFile =
  (pick: number): UserEdit =>
  async (files) => {
    const paths = [...files.keys()].filter((path) => isCommand(path) || isModule(path));
    const path = paths[pick % paths.length];
    if (path === undefined) return files;
    const target = `src/mine/${pick}/${path
      .split("/")
      .at(-1)!
      .replace(/\.(command|module)\.ts$/, "-$1.ts")}`;
    const moved = await renameProject(files, { symbols: [], moves: new Map([[path, target]]) });
    return moved.value ?? files;
  };

/** A class gets another name, which may begin with the old one, and an editor sees to the references. */
const renameClass =
  (pick: number): UserEdit =>
  async (files) => {
    const paths = [...files.keys()].filter((path) => isCommand(path) || isModule(path));
    const path = paths[pick % paths.length];
    const name = path && /export class (\w+)/.exec(files.get(path)!)?.[1];
    if (!path || !name) return files;
    const renamed = await renameProject(files, {
      symbols: [{ file: path, name, to: pick % 2 === 0 ? `Mine${pick}${name}` : `${name}OfMine${pick}` }],
      moves: new Map(),
    });
    return renamed.value ?? files;
  };

/** A command comes to its module through a file that passes it on. */
const passOn =
  (pick: number): UserEdit =>
  async (files) => {
    const paths = [...files.keys()].filter(isModule);
    const path = paths[pick % paths.length];
    const text = path === undefined ? "" : files.get(path)!;
    const specifier = /^import \{ \w+ \} from "(\.[^"]*command\.js)";/m.exec(text)?.[1];
    if (path === undefined || specifier === undefined) return files;
    const index = path.replace(/[^/]+$/, `mine-${pick}.ts`);
    return new Map([
      ...files,
      [path, text.replace(`from "${specifier}"`, `from "./mine-${pick}.js"`)],
      [index, `${files.get(index) ?? ""}export * from "${specifier}"; // mine\n`],
    ]);
  };

const addFile =
  (id: number): UserEdit =>
  async (files) =>
    new Map([...files, [`src/mine/helper-${id}.ts`, `export const mine = ${id};`]]);

export const userEdit: fc.Arbitrary<UserEdit> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .tuple(fc.constantFrom(...textEdits), fc.nat(99), fc.nat(9))
      .map(([[accept, edit], id, pick]) => inFile(accept, pick, (text) => edit(text, id))),
  },
  { weight: 2, arbitrary: fc.nat(9).map(addDependency) },
  { weight: 2, arbitrary: fc.nat(9).map(moveFile) },
  { weight: 1, arbitrary: fc.nat(9).map(renameClass) },
  { weight: 1, arbitrary: fc.nat(9).map(passOn) },
  { weight: 1, arbitrary: fc.nat(9).map(addFile) },
);
