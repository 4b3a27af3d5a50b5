// Every code that a user can see, in the sources and in the table, with cause and fix; and what `wsgen explain` says of it.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { CloseCode } from "../../runtime/src/close-codes.js";
import { ErrorCode } from "../../runtime/src/wire.js";
import { codeSections, explainCode, listCodes } from "../../src/diagnostics/explain.js";
import { readJsonOutput } from "../support/json-output.js";
import { runMain } from "../support/run-main.js";

const root = new URL("../../", import.meta.url);

/** The sources below a folder, without the table itself. */
const sourcesOf = (folder: string): { path: string; text: string }[] =>
  readdirSync(new URL(folder, root), { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".ts") && !/^(error-codes|diagnostics\/diagnostic)\.ts$/.test(path))
    .map((path) => ({ path, text: readFileSync(new URL(folder + path, root), "utf8") }));

const runtime = sourcesOf("runtime/src/");

/** What a pattern captures in the sources of a folder, each once, sorted. */
const find = (folder: string, pattern: RegExp): string[] =>
  sorted(
    runtime
      .filter(({ path }) => path.startsWith(folder))
      .flatMap(({ text }) => [...text.matchAll(pattern)].flatMap(([, ...groups]) => groups))
      .filter((code) => code !== undefined),
  );
const sorted = (codes: Iterable<string>): string[] => [...new Set(codes)].sort();
const inUnion = (text: string): string[] => [...text.matchAll(/"(\w+)"/g)].map(([, code = ""]) => code);

const codesOf = (title: string): string[] =>
  sorted(Object.keys(codeSections.find((section) => section.title === title)?.codes ?? {}));

test("docs/diagnostics.md is written from the table", () => {
  const file = new URL("docs/diagnostics.md", root);
  const sections = codeSections.map(({ title, about, codes }) =>
    [
      `## ${title}`,
      `${about}\n`,
      "| code | cause | fix |",
      "| --- | --- | --- |",
      ...Object.entries(codes).map(([code, [cause, fix]]) => `| \`${code}\` | ${cause} | ${fix} |`),
    ]
      .join("\n")
      .replace(/^(## .*)\n/, "$1\n\n"),
  );
  const text = `# Diagnostics

<!-- Written from src/diagnostics/diagnostic.ts and runtime/src/error-codes.ts: \`npm run regenerate\`. -->

Every code of wsgen and of a server, with its cause and what to do. \`wsgen explain CODE\` prints the same.

${sections.join("\n\n")}
`;
  if (process.env.UPDATE === "1") writeFileSync(file, text);
  expect(readFileSync(file, "utf8")).toBe(text);
});

test("every code has a cause and a fix, each of whole sentences", () => {
  const texts = codeSections.flatMap(({ codes }) => Object.entries(codes));
  expect(texts.length).toBeGreaterThan(140);
  for (const [code, parts] of texts)
    for (const part of parts) expect(part, code).toMatch(/^(?:wsgen|npm|`\S+` |[\p{Lu}`-])[^|\n]+\.`?$/u);
});

describe("the table has every code of the sources, and no other", () => {
  test("findings of wsgen", () => {
    const text = sourcesOf("src/").map((source) => source.text);
    const unused = codesOf("Findings of wsgen").filter(
      (code) => !text.some((source) => source.includes(`"${code}"`)),
    );
    // A code that is not in the table does not compile.
    expect(unused).toEqual([]);
  });

  test("a server that does not start", () => {
    const all = codesOf("A server that does not start");
    expect(all.filter((code) => !runtime.some(({ text }) => text.includes(`"${code}"`)))).toEqual([]);
    expect(find("", /(?:StartError|failStart)\(\s*"(\w+)"/g).filter((code) => !all.includes(code))).toEqual(
      [],
    );
  });

  test("every RangeError and TypeError of the runtime has a code", () => {
    const found = runtime.flatMap(({ path, text }) => {
      const thrown = text.match(/new (?:Range|Type)Error\(/g) ?? [];
      const codes = [
        ...text.matchAll(
          /withCode\(\s*"(\w+)",\s*new (?:Range|Type)Error\(|\{ code: "(no_\w+|not_serializable)" \}/g,
        ),
      ];
      return thrown.length === codes.length ? codes.map(([, code, own]) => code ?? own ?? "") : [path];
    });
    expect(sorted(found)).toEqual(codesOf("A wrong call"));
  });

  test("errors that a client receives", () => {
    expect(sorted(Object.values(ErrorCode))).toEqual(codesOf("Errors that a client receives"));
    expect(find("dispatch/json-rpc", /(-32\d{3})/g)).toEqual(codesOf("Errors in JSON-RPC"));
  });

  test("refused handshakes", () => {
    const statuses = find("server/", /(?:status = |status: |tooBusy\(|writeHead\(|status = )([45]\d\d)\b/g);
    // Koa's own answer, which the runtime only looks for.
    expect(sorted([...statuses, "404"])).toEqual(codesOf("Refused handshakes"));
  });

  test("close codes", () => {
    const { mandatoryExtension, serviceRestart, badGateway, tlsHandshake, ...used } = CloseCode;
    const unused = [mandatoryExtension, serviceRestart, badGateway, tlsHandshake];
    expect(sorted([...Object.values(used).map(String), "3000-4999"])).toEqual(codesOf("Close codes"));
    expect(
      find("", /CloseCode\.(\w+)/g).filter((name) => unused.includes(Reflect.get(CloseCode, name))),
    ).toEqual([]);
  });

  test("errors of the client", () => {
    const [, union = ""] = /export type ClientErrorCode =([^;]+);/.exec(
      readFileSync(new URL("runtime/src/client/client-error.ts", root), "utf8"),
    )!;
    expect(sorted(inUnion(union))).toEqual(codesOf("Errors of the client"));
  });

  test("refusals in the log", () => {
    const notes = find("", /(?:refusals\.note|noteRefusal)\(\s*"(\w+)"/g);
    const reasons = find("server/http-server", /reason: "(\w+)"/g);
    const others = find("connection/", /const reason = .*\? "(\w+)" : "(\w+)"/g);
    expect(sorted([...notes, ...reasons, ...others])).toEqual(codesOf("Refusals in the log"));
  });

  test("errors of the admin and push API", () => {
    expect(find("operations/", /AdminError\(\d+, "(\w+)"/g)).toEqual(
      codesOf("Errors of the admin and push API"),
    );
  });

  test("errors of a cluster", () => {
    const [, union = ""] = /export type RedisErrorCode =([^;]+);/.exec(
      readFileSync(new URL("runtime/src/cluster/redis/limit.ts", root), "utf8"),
    )!;
    expect(sorted(inUnion(union))).toEqual(codesOf("Errors of a cluster"));
  });

  test("any other code of an error", () => {
    const codes = find("", /\b(?:code: |code = |Error\(\s*|withCode\(\s*|failStart\(\s*)"([a-z]+_[a-z_]+)"/g);
    expect(codes.length).toBeGreaterThan(20);
    // In the body of an answer, whose status has an entry.
    const inBodies = ["upgrade_required"];
    expect(codes.filter((code) => !listCodes().includes(code))).toEqual(inBodies);
  });
});

test.each([
  ["Error codes", "Errors that a client receives"],
  ["Close codes", "Close codes"],
])("docs/protocol.md, %s: has the codes of the table", (heading, title) => {
  const text = readFileSync(new URL("docs/protocol.md", root), "utf8");
  const [, section = ""] = text.split(new RegExp(`^#+ ${heading}$`, "m"));
  const rows = (section.split(/^#/m)[0] ?? "").match(/^\| `?[\w–]+/gm) ?? [];
  const codes = rows.map((row) => row.replace(/^\| `?/, "").replace("–", "-"));
  const others = ["code", "any"];
  expect(sorted(codes.filter((code) => !others.includes(code)))).toEqual(codesOf(title));
});

describe("wsgen explain", () => {
  const run = (...args: string[]) => runMain("/", ["explain", ...args]);

  test("prints cause and fix of every code, as the document has them", async () => {
    for (const code of listCodes()) {
      const { out, err } = await run(code);
      expect(err).toBe("");
      for (const { codes } of codeSections)
        for (const text of codes[code] ?? []) expect(out).toContain(text.split(/\[|$/)[0]);
      expect(out).not.toMatch(/\]\(/);
    }
  });

  test("prints where the code is seen", async () => {
    expect((await run("no_modules")).out).toBe(
      [
        "no_modules (A server that does not start)",
        "  cause: `newWebsocketServe` has no module.",
        "  fix: Pass at least one module.",
        "  `newWebsocketServe` rejects with a `StartError`, or with a `ConfigurationError` for an option. The message names the module and the reason, and `code` is one of these. Nothing stays listening.",
        "",
      ].join("\n"),
    );
  });

  test.each([
    ["[unknown-key]", "unknown-key"],
    ["PORT_CONFLICT", "port_conflict"],
    ["4403", "3000-4999"],
    ["-32601", "-32601"],
  ])("reads %s as %s", async (typed, code) => {
    const { explanations, exitCode } = readJsonOutput(await run(typed, "--json"));
    expect(exitCode).toBe(0);
    expect(explanations).toEqual(explainCode(code));
    expect(explanations).toHaveLength(1);
  });

  test("has several explanations for a code with several meanings", async () => {
    const { explanations } = readJsonOutput(await run("unknown_module", "--json"));
    expect(explanations).toMatchObject([
      { section: "A wrong call" },
      { section: "Errors of the admin and push API" },
    ]);
  });

  test.each([
    ["unknwon-key", "Unknown code 'unknwon-key'; did you mean 'unknown-key'?"],
    [
      "conflict",
      "Unknown code 'conflict'; did you mean 'route_conflict' or 'port_conflict' or 'path_conflict'?",
    ],
    ["xyzzy", "Unknown code 'xyzzy'."],
    ["constructor", "Unknown code 'constructor'."],
  ])("%s is wrong usage, with the nearest names", async (typed, message) => {
    const document = readJsonOutput(await run(typed, "--json"));
    expect(document).toMatchObject({ exitCode: 2, diagnostics: [{ code: "usage", message }] });
  });
});
