// Whatever form a class, its way to a list, and the list have in the user's code: no command of wsgen fails of itself, and none
// registers a class twice. The project is run with a runtime that notes what it is given.
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { runMain } from "../support/run-main.js";
import { runServed } from "../support/run-served.js";

const example = fileURLToPath(
  new URL(
    "../golden/cases/new/a-new-project-without-a-spec-is-the-ping-example/expected/my-app",
    import.meta.url,
  ),
);

/** How a file gives a class away: the name of what it exports, and how an instance is made of that. */
interface ClassForm {
  readonly what: string;
  readonly text: (body: string, name: string, contract: string) => string;
  /** Default: the class's own name. */
  readonly exported?: string;
  readonly make?: (value: string, name: string) => string;
}

const create = (value: string): string => `new ${value}()`;

const classForms: readonly ClassForm[] = [
  {
    what: "a named class",
    text: (body, name, contract) => `export class ${name} implements ${contract} {${body}}`,
  },
  {
    what: "a default export",
    text: (body, name, contract) => `export default class ${name} implements ${contract} {${body}}`,
    exported: "default",
  },
  {
    what: "an anonymous default export",
    text: (body, _name, contract) => `export default class implements ${contract} {${body}}`,
    exported: "default",
  },
  {
    what: "a class that is exported as default",
    text: (body, name, contract) =>
      `class ${name} implements ${contract} {${body}}\nexport { ${name} as default };`,
    exported: "default",
  },
  {
    what: "a class that is the default value",
    text: (body, name, contract) => `class ${name} implements ${contract} {${body}}\nexport default ${name};`,
    exported: "default",
  },
  {
    what: "a class of another name that is the default",
    text: (body, _name, contract) => `export default class Mine implements ${contract} {${body}}`,
    exported: "default",
  },
  {
    what: "a class that is exported under another name",
    text: (body, _name, contract) =>
      `class Mine implements ${contract} {${body}}\nexport { Mine as Theirs };`,
    exported: "Theirs",
  },
  {
    what: "a class expression",
    text: (body, name, contract) => `export const ${name} = class implements ${contract} {${body}};`,
  },
  {
    what: "a class expression with a name of its own",
    text: (body, name, contract) => `export const ${name} = class Inner implements ${contract} {${body}};`,
  },
  { what: "a class that says no contract", text: (body, name) => `export class ${name} {${body}}` },
  {
    what: "a renamed class that says no contract",
    text: (body) => `export class Mine {${body}}`,
    exported: "Mine",
  },
  {
    what: "a class with a base",
    text: (body, name, contract) =>
      `abstract class Base implements ${contract} {${body}}\nexport class ${name} extends Base {}`,
  },
  {
    what: "a class with parameters of types",
    text: (body, name, contract) => `export class ${name}<T = unknown> implements ${contract} {${body}}`,
  },
  {
    what: "a class that is wrapped",
    text: (body, name, contract) =>
      `const logged = <T>(inner: T): T => inner;\nexport const ${name} = logged(class implements ${contract} {${body}});`,
  },
  {
    what: "a decorated class",
    text: (body, name, contract) =>
      `const logged = (_: unknown): void => {};\n@logged\nexport class ${name} implements ${contract} {${body}}`,
  },
  {
    what: "a class in a namespace",
    text: (body, name, contract) =>
      `export namespace all {\n  export class ${name} implements ${contract} {${body}}\n}`,
    exported: "all",
    make: (value, name) => `new ${value}.${name}()`,
  },
  {
    what: "an instance of a class that is not exported",
    text: (body, name, contract) =>
      `class ${name} implements ${contract} {${body}}\nexport const instance = new ${name}();`,
    exported: "instance",
    make: (value) => value,
  },
  {
    what: "a function that makes one",
    text: (body, name, contract) =>
      `class ${name} implements ${contract} {${body}}\nexport function make() {\n  return new ${name}();\n}`,
    exported: "make",
    make: (value) => `${value}()`,
  },
  {
    what: "an object",
    text: (body, _name, contract) =>
      `class Hidden {${body}}\nexport const instance: ${contract} = new Hidden();`,
    exported: "instance",
    make: (value) => value,
  },
  {
    what: "a default that is made",
    text: (body, _name, contract) => `export default new (class implements ${contract} {${body}})();`,
    exported: "default",
    make: (value) => value,
  },
];

/** How a name comes from another file: the statement, and the expression that has the value. */
interface ImportForm {
  readonly what: string;
  readonly text: (
    exported: string,
    from: string,
    local: string,
  ) => readonly [statement: string, value: string];
  /** A file that passes the class on. */
  readonly index?: (exported: string, from: string, local: string) => string;
}

const named = (exported: string, from: string, local: string): string =>
  exported === local
    ? `import { ${local} } from "${from}";`
    : `import { ${exported} as ${local} } from "${from}";`;

const importForms: readonly ImportForm[] = [
  {
    what: "by its name",
    text: (exported, from, local) => {
      if (exported === "default") return [`import ${local} from "${from}";`, local];
      // The other names are those of the file that imports, too.
      const own = /(Command|Module)$/.test(exported) ? exported : local;
      return [named(exported, from, own), own];
    },
  },
  { what: "under another name", text: (exported, from, local) => [named(exported, from, local), local] },
  { what: "in a namespace", text: (exported, from) => [`import * as ns from "${from}";`, `ns.${exported}`] },
  {
    what: "when it runs",
    text: (exported, from, local) => [`const { ${exported}: ${local} } = await import("${from}");`, local],
  },
  {
    what: "through a file that exports it",
    index: (exported, from, local) => `export { ${exported} as ${local} } from "${from}";`,
    text: (_exported, from, local) => [named(local, from, local), local],
  },
  {
    what: "through a file that exports it as default",
    index: (exported, from) => `export { ${exported} as default } from "${from}";`,
    text: (_exported, from, local) => [`import ${local} from "${from}";`, local],
  },
  {
    what: "through a file that imports and exports it",
    index: (exported, from, local) => `${named(exported, from, "Passed")}\nexport { Passed as ${local} };`,
    text: (_exported, from, local) => [named(local, from, local), local],
  },
  {
    what: "through a file that exports a namespace",
    index: (_exported, from) => `export * as all from "${from}";`,
    text: (exported, from) => [`import { all as every } from "${from}";`, `every.${exported}`],
  },
];

/** How a list has its one element. */
interface ListForm {
  readonly what: string;
  readonly before?: (element: string, type: string) => string;
  /** The elements, as they stand between brackets. */
  readonly elements: (element: string) => string;
  /** In a file of its own: what that exports, and the file. */
  readonly other?: (importText: string, element: string) => string;
}

const listForms: readonly ListForm[] = [
  { what: "directly", elements: (element) => element },
  {
    what: "over lines with a comment",
    elements: (element) => `\n      // first\n      ${element}, // last\n    `,
  },
  { what: "from a constant", before: (element) => `const one = ${element};`, elements: () => "one" },
  {
    what: "from a list that is spread",
    before: (element) => `const some = [${element}];`,
    elements: () => "...some",
  },
  { what: "if a condition holds", elements: (element) => `...(process.env.NOT_SET ? [] : [${element}])` },
  {
    what: "through a function that wraps it",
    before: () => "const wrap = <T>(inner: T): T => inner;",
    elements: (element) => `wrap(${element})`,
  },
  {
    what: "through a function that makes it",
    before: (element) => `const makeOne = () => ${element};`,
    elements: () => "makeOne()",
  },
  {
    what: "through a function that makes the list",
    before: (element) => `function makeAll() {\n  return [${element}];\n}`,
    elements: () => "...makeAll()",
  },
  { what: "from a list that is changed", elements: (element) => `...[${element}].filter(Boolean)` },
  {
    what: "from a list that is filled",
    before: (element, type) => `const filled: ${type}[] = [];\nfilled.push(${element});`,
    elements: () => "...filled",
  },
  {
    what: "from a container",
    before: (element, type) =>
      `const container = new Map<string, () => ${type}>([["it", () => ${element}]]);`,
    elements: () => 'container.get("it")!()',
  },
  {
    what: "from a list in another file",
    other: (importText, element) => `${importText}\nexport const listed = [${element}];`,
    elements: () => "...listed",
  },
  {
    what: "from a function in another file",
    other: (importText, element) => `${importText}\nexport const listed = () => ${element};`,
    elements: () => "listed()",
  },
];

/** One kind of class and its list, in all forms. */
interface Form {
  readonly classForm: ClassForm;
  readonly importForm: ImportForm;
  readonly listForm: ListForm;
}

interface Kind {
  readonly name: string;
  readonly contract: string;
  /** The file of the class, the one with the list, and the folder that the second is in. */
  readonly file: string;
  readonly lister: string;
  readonly list: RegExp;
}

const kinds: Record<"command" | "module", Kind> = {
  command: {
    name: "PingCommand",
    contract: "ICommand<PingRequest, PingReply>",
    file: "src/modules/example/commands/ping.command.ts",
    lister: "src/modules/example/example.module.ts",
    list: /return \[\s*new PingCommand[^\]]*\];/,
  },
  module: {
    name: "ExampleModule",
    contract: "IWebsocket",
    file: "src/modules/example/example.module.ts",
    lister: "src/main.ts",
    list: /newWebsocketServe\([^;]*\);/,
  },
};

const formOf = fc.record({
  classForm: fc.constantFrom(...classForms),
  importForm: fc.constantFrom(...importForms),
  listForm: fc.constantFrom(...listForms),
});

/** Writes a class and its list in other forms. */
async function rewrite(
  project: string,
  { name, contract, file, lister, list }: Kind,
  form: Form,
): Promise<void> {
  const { classForm, importForm, listForm } = form;
  const { exported = name, make = create } = classForm;
  const local = `Own${name}`;
  const edit = async (path: string, change: (text: string) => string): Promise<void> =>
    writeFile(join(project, path), change(await readFile(join(project, path), "utf8")));
  await edit(file, (text) =>
    text.replace(/export class \w+ implements [^{]*\{([\s\S]*)\}\n?$/, (_, body: string) =>
      classForm.text(body, name, contract),
    ),
  );
  const folder = lister.replace(/[^/]+$/, "");
  const relative = `./${file.slice(folder.length).replace(/\.ts$/, ".js")}`;
  const index = importForm.index?.(exported, relative, local);
  const from = index === undefined ? relative : `./${name.toLowerCase()}-index.js`;
  if (index !== undefined)
    await writeFile(join(project, folder, `${name.toLowerCase()}-index.ts`), `${index}\n`);
  const [statement, value] = importForm.text(exported, from, local);
  const other = listForm.other?.(statement, make(value, name));
  if (other !== undefined)
    await writeFile(join(project, folder, `${name.toLowerCase()}-list.ts`), `${other}\n`);
  const brought =
    other === undefined ? statement : `import { listed } from "./${name.toLowerCase()}-list.js";`;
  const before = listForm.before?.(make(value, name), contract.replace(/<.*/, "")) ?? "";
  await edit(lister, (text) =>
    text
      .replace(new RegExp(`import \\{ ${name} \\} from .*;`), () => brought)
      .replace(/\n\n/, () => `\n${before}\n\n`)
      .replace(list, (found) =>
        found.startsWith("return")
          ? `return [${listForm.elements(make(value, name))}];`
          : `newWebsocketServe(${listForm.elements(make(value, name))});`,
      ),
  );
}

async function runForms({
  command,
  module,
}: {
  readonly command: Form;
  readonly module: Form;
}): Promise<void> {
  const project = await mkdtemp(join(tmpdir(), "wsgen-forms-"));
  try {
    await cp(example, project, { recursive: true });
    await rewrite(project, kinds.command, command);
    await rewrite(project, kinds.module, module);
    expect(await runServed(project)).toEqual([{ flag: "example", commands: ["ping"] }]);
    const texts = () =>
      Promise.all(
        [kinds.command.lister, kinds.module.lister].map((path) => readFile(join(project, path), "utf8")),
      );
    const before = await texts();
    for (const args of [["check"], ["generate"]]) {
      const { code, err } = await runMain(project, args);
      expect(code, err).toBe(0);
      expect(await texts(), args[0]).toEqual(before);
    }
    const added = await runMain(project, ["add", "command", "example", "say"]);
    expect(added.code, added.err).toBe(0);
    const [served, ...others] = await runServed(project);
    expect(others).toEqual([]);
    // What wsgen cannot add it tells.
    if (added.err.includes("new SayCommand()")) expect(served!.commands).toEqual(["ping"]);
    else expect([...served!.commands].sort()).toEqual(["ping", "say"]);
    const other = await runMain(project, ["new", "module", "feed", "--port", "10098", "--url", "ws"]);
    expect(other.code, other.err).toBe(0);
    const flags = (await runServed(project)).map(({ flag }) => flag);
    if (other.err.includes("new FeedModule()")) expect(flags).toEqual(["example"]);
    else expect(flags.sort()).toEqual(["example", "feed"]);
    for (const args of [
      ["rename", "command", "example", "ping", "pong"],
      ["rename", "module", "example", "sample"],
    ]) {
      const { code, err } = await runMain(project, args);
      expect([0, 1], err).toContain(code);
      const renamed = await runServed(project);
      expect(renamed).toHaveLength(flags.length);
      expect(new Set(renamed.flatMap(({ commands }) => commands)).size).toBe(served!.commands.length);
    }
  } finally {
    await rm(project, { recursive: true, force: true });
  }
}

const plain: Form = { classForm: classForms[0]!, importForm: importForms[0]!, listForm: listForms[0]! };
const forms: readonly (readonly [string, Form])[] = [
  ...classForms.map((classForm) => [classForm.what, { ...plain, classForm }] as const),
  ...importForms.slice(1).map((importForm) => [importForm.what, { ...plain, importForm }] as const),
  ...listForms.slice(1).map((listForm) => [listForm.what, { ...plain, listForm }] as const),
];

// Every form of a command meets another form of a module.
describe("generate, for a command and a module", () => {
  for (const [index, [what, command]] of forms.entries()) {
    const [other, module] = forms[(index + 7) % forms.length]!;
    test(`${what}, and ${other}`, () => runForms({ command, module }), 60_000);
  }
});

test("generate: any forms together", { timeout: 300_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(formOf, formOf, (command, module) => runForms({ command, module })),
    { seed: Number(process.env.WSGEN_SEED ?? 1), numRuns: Number(process.env.WSGEN_RUNS ?? 5) },
  );
});
