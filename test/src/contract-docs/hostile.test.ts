// Every text of the spec is data: whatever it is, the page and the Markdown have the same elements as with plain words.
import fc from "fast-check";
import { marked } from "marked";
import { expect, test } from "vitest";
import { writeSpecDocs } from "./describe-contract.js";

interface Texts {
  readonly description: string;
  /** Of a command, an event, an error, a field. */
  readonly name: string;
  readonly value: string;
}

/** A spec with these texts in every place that has one. */
const specWith = ({ description, name, value }: Texts) => {
  const object = {
    description,
    title: description,
    type: "object",
    properties: {
      [`f${name}`]: { description, enum: [value, "other"], default: value },
      list: { type: "array", items: { type: "object", properties: { [`g${name}`]: { const: value } } } },
    },
  };
  return {
    name: "demo",
    description,
    schemas: { Shared: object },
    modules: {
      chat: {
        description,
        port: 10_099,
        urls: ["rooms/:room"],
        handshake: { query: { [`q${name}`]: { description, enum: ["a"] } } },
        guards: ["member"],
        errors: { [`e${name}`]: { as: "Wrong", description, details: { why: { const: value } } } },
        commands: {
          [`c${name}`]: {
            as: "Do",
            description,
            request: object,
            reply: { $ref: "#/schemas/Shared" },
            errors: [`e${name}`],
            examples: [{ request: { [`f${name}`]: value }, reply: { [`f${name}`]: value } }],
          },
        },
        events: { [`v${name}`]: { as: "Done", description, data: { $ref: "#/schemas/Shared" } } },
      },
    },
  };
};

const plain: Texts = { description: "Plain words", name: "Name", value: "value" };

/** The tags of a text of HTML, in their order, without the values of their attributes. */
const listTags = (html: string): readonly string[] =>
  (html.match(/<[^>]*>/g) ?? []).map((tag) => tag.replace(/="[^"]*"/g, ""));

const listElements = async (texts: Texts) => {
  const { page, markdown } = await writeSpecDocs(specWith(texts));
  // In a table, not every text can be code: some are escaped words.
  const tags = listTags(marked.parse(markdown, { async: false })).filter((tag) => !/^<\/?code>$/.test(tag));
  return { page: listTags(page), markdown: tags };
};

const hostile = [
  "</script><script>alert(1)</script>",
  "</style><img src=x onerror=alert(1)>",
  '"><svg onload=alert(1)>',
  "' onclick='alert(1)",
  "{{description}} {{{description}}}",
  "--> <!-- ]]> <?php",
  "a | b \\| c \\\\| d",
  "`code` ``` ```` `",
  "[link](javascript:alert(1)) ![image](x)",
  "<javascript:alert(1)> <data:text/html,x>",
  "# heading",
  "- item",
  "1. item",
  "1) item",
  "+ item",
  "> quote",
  "=====",
  "---",
  "***",
  "~~~",
  "| a | b |",
  ": term",
  "**bold** _it_ ~~gone~~ $x^2$ &amp; &#60;b&#62;",
  "[x]: javascript:alert(1)",
  "\\",
  "a\\",
  "\u202etxt.exe",
  "$& $1 $`",
];

test.each(hostile)("a hostile text is only text: %j", async (text) => {
  const expected = await listElements(plain);
  expect(await listElements({ description: text, name: text, value: text })).toEqual(expected);
});

test("any text is only text", { timeout: 120_000 }, async () => {
  const expected = await listElements(plain);
  const piece = fc.oneof(
    fc.constantFrom(...hostile, "\n", "\n\n", "    ", "a"),
    fc.string({ unit: "grapheme" }),
  );
  const text = fc.array(piece, { minLength: 1, maxLength: 3 }).map((pieces) => `x${pieces.join("")}x`);
  const anyTexts = fc.record({ description: text, name: text, value: text });
  await fc.assert(
    fc.asyncProperty(anyTexts, async (texts) => {
      expect(await listElements(texts)).toEqual(expected);
    }),
    { numRuns: 60, seed: 20_261_127 },
  );
});

test("the page allows nothing but its own style and script, and no text becomes an address", async () => {
  const { page } = await writeSpecDocs(
    specWith({ ...plain, description: "javascript:alert(1)", name: "javascript:x" }),
  );
  expect(page).toMatch(
    /http-equiv="Content-Security-Policy" content="default-src &#x27;none&#x27;; style-src &#x27;sha256-/,
  );
  expect(page).not.toMatch(/unsafe-|<[^>]*\son\w+=|\ssrc=|href="(?!#|data:,")/);
});
