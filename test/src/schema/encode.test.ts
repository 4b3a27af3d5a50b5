import fc from "fast-check";
import { Node, Project } from "ts-morph";
import { describe, expect, it } from "vitest";
import { docComment, literal } from "../../../src/schema/encode.js";
import { printTypeDeclaration } from "../../../src/schema/type-text.js";
import type { Json } from "../../../src/spec-file/spec.js";

const project = new Project({ useInMemoryFileSystem: true, compilerOptions: { strict: true } });

function parse(text: string) {
  const file = project.createSourceFile("case.ts", text, { overwrite: true });
  const broken = project.getProgram().getSyntacticDiagnostics(file);
  expect(broken.map((diagnostic) => diagnostic.getMessageText())).toEqual([]);
  return file;
}

/** Text that tries to leave its place. */
const hostile = fc.oneof(
  fc.string({ unit: "binary" }),
  fc
    .array(
      fc.constantFrom(
        "*/",
        "/*",
        '"',
        "'",
        "`",
        "${",
        "}",
        "\\",
        "\n",
        "\r",
        "\u2028",
        "\u2029",
        "//",
        "@ts-ignore",
        "<",
        "x",
        " ",
        "\0",
        "\ud800",
      ),
    )
    .map((parts) => parts.join("")),
);

describe("encode", () => {
  it("literal gives an expression of the same value", () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: "binary" }), (value) => {
        const text = literal(value as Json);
        expect(text).not.toMatch(/[\n\r\u2028\u2029]/);
        expect(new Function(`return (${text});`)()).toStrictEqual(value);
      }),
    );
  });

  it("literal sets no prototype", () => {
    const value = JSON.parse('{"__proto__": {"polluted": true}}');
    const back = new Function(`return (${literal(value)});`)();
    expect(Object.keys(back)).toEqual(["__proto__"]);
    expect(back.polluted).toBeUndefined();
  });

  it("docComment gives a comment that the text cannot end", () => {
    fc.assert(
      fc.property(fc.array(hostile), (lines) => {
        const file = parse(`${docComment(lines)}export {};\n`);
        expect(file.getStatements()).toHaveLength(1);
      }),
    );
  });

  it("the text of a schema becomes only literals and comments", () => {
    fc.assert(
      fc.property(hostile, hostile, (name, text) => {
        const inner = {
          title: text,
          description: text,
          pattern: text,
          format: text,
          examples: [text],
          default: text,
        };
        const properties = Object.fromEntries([
          [name, inner],
          [`${name}1`, { const: text }],
          [`${name}2`, { enum: [text, name] }],
        ]);
        const schema = {
          type: "object",
          title: name,
          properties,
          required: [text],
          $defs: { [name]: inner },
        };
        const file = parse(
          printTypeDeclaration({ name: "Case", schema, description: text, refs: () => undefined }),
        );
        const [only] = file.getStatements();
        expect(file.getStatements()).toHaveLength(1);
        if (!Node.isInterfaceDeclaration(only)) throw new Error("expected one interface");
        expect(only.getProperties().map((property) => property.getSymbolOrThrow().getName())).toHaveLength(
          new Set([...Object.keys(properties), text]).size,
        );
      }),
    );
  });

  it("docComment gives no order to the compiler", () => {
    const text = `${docComment(["@ts-ignore"])}export const count: number = "text";\n`;
    const file = project.createSourceFile("order.ts", text, { overwrite: true });
    expect(file.getPreEmitDiagnostics()).toHaveLength(1);
  });

  it("literal refuses values that JSON does not have", () => {
    expect(() => literal(Number.NaN)).toThrow(TypeError);
    expect(() => literal(undefined as unknown as Json)).toThrow(TypeError);
  });
});
