import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { judgePattern } from "../../../src/schema/pattern/judge-pattern.js";

const linear = [
  "",
  "^[a-z]+$",
  "[a-z]$",
  "^[a-z0-9]+(?:-[a-z0-9]+)*$",
  "^(?:[a-z0-9]+-)*[a-z]+$",
  "^\\d{4}-\\d{2}-\\d{2}$",
  "^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$",
  "^#(?:[0-9a-f]{3}){1,2}$",
  "^(?:\\p{L}+\\s)*\\p{L}+$",
  "^(?=.*\\d)(?=.*[a-z]).{8,64}$",
  "^(?!admin$)\\w+$",
  "^(?:a|b)*$",
  '^(?:[^"\\\\]|\\\\.)*$',
  "^(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)(?:\\.(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)){3}$",
  "^.{1,4000}$",
  "^(?:a{2})*$",
  "^(?:ab?)+$",
  "^(?:a*b)*$",
  "^\\s*\\S+\\s*$",
  "\\u{1F600}+[😀-😎]*",
  "^[A-Z]{2}\\d{2}[A-Z0-9]{11,30}$",
  "^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z]{2,63}$",
  "^[A-Za-z0-9+/]*={0,2}$",
];

const polynomial = [
  { given: "^[^\\s@]+@[^\\s@]+\\.[^\\s@]+$", want: 2 },
  { given: "^\\S+@\\S+$", want: 2 },
  { given: "(?:ab|ac)*d", want: 2 },
  { given: "[a-z]+$", want: 2 },
  { given: "^a*a*(?!b)", want: 2 },
  { given: "^(?:b(?=.*c)b)*$", want: 2 },
  { given: "(?=.*c)b", want: 2 },
  { given: "^a*a*a*$", want: 3 },
  { given: "a*a*a*a*a*a*a*a*b", want: 9 },
];

const exponential = [
  "^(.*a){20}$",
  "^(a+)+$",
  "^(a*)*$",
  "(a|a)*b",
  "^(a|aa)+$",
  "^(?:a|b|ab)*c$",
  "^(\\w+\\s?)*$",
  "^\\w+([.-]?\\w+)*@x$",
  "^(([a-z])+.)+[A-Z]([a-z])+$",
  "^(?:\\d{1,3})*$",
  "^(.*,)*x$",
  "^(?:a?b?)*c?(?:[ab]+)*$",
  "^(?=(a+)+b)c",
  "(?<=^(a+)+)b",
  "^((a|b?)c?)*$(x+x+)+y",
  "^(?:\\p{L}|\\w)*$",
  "^(?:x*(?:y|x))*$",
  "^(?:(?!x)\\w+)*$",
  "^(?:a{1,50}){1,50}$",
  "^(?:a?){30}a{30}$",
  `^${"(?:a|a)".repeat(30)}$`,
];

/** With the time that a busy machine needs. */
const judge = (pattern: string) => judgePattern(pattern, 60_000);

describe("judgePattern", () => {
  it.each(linear)("%s takes linear time", (pattern) => {
    expect(judge(pattern)).toEqual({ kind: "polynomial", degree: 1 });
  });

  it.each(polynomial)("$given takes polynomial time of degree $want", ({ given, want }) => {
    expect(judge(given)).toEqual({ kind: "polynomial", degree: want });
  });

  it.each(exponential)("%s can take exponential time", (pattern) => {
    expect(judge(pattern)).toEqual({ kind: "exponential" });
  });

  it.each([
    { given: "^(a+)\\1$", want: "has a back-reference, so its time cannot be limited" },
    { given: "a".repeat(5_001), want: "is too long to be analysed" },
    { given: `${"(".repeat(2_000)}a${")*".repeat(2_000)}`, want: "is too long to be analysed" },
    { given: `${"(?:".repeat(1_000)}a${")".repeat(1_000)}`, want: "is too complex to be analysed" },
  ])("the cost is unknown: $want", ({ given, want }) => {
    expect(judge(given)).toEqual({ kind: "unknown", reason: want });
  });

  it("the cost is unknown if the time runs out", () => {
    const cost = judgePattern(`^(?:${"b?".repeat(29)}c)*$`, 1);
    expect(cost).toEqual({
      kind: "unknown",
      reason: "cannot be analysed within 5 seconds",
    });
  });

  it("a pattern with many optional parts in a row is not fast", () => {
    expect(judge(`^${"a?".repeat(30)}${"a".repeat(30)}$`)).not.toMatchObject({ degree: 1 });
  }, 60_000);
});

describe("judgePattern: the patterns of the runtime's formats", () => {
  const folder = new URL("../../../runtime/src/validation/", import.meta.url);
  const literal = /(?:= |^ +|\|\| |&& )\/((?![/*])(?:\\.|\[(?:\\.|[^\]\\])*\]|[^/\\[])+)\/[a-z]*[.;]/gm;
  const patterns = readdirSync(folder).flatMap((file) =>
    [...readFileSync(new URL(file, folder), "utf8").matchAll(literal)].map(([, source = ""]) => source),
  );

  it("take linear time, since they run on texts of any length", () => {
    expect(patterns.length).toBeGreaterThan(15);
    expect(
      patterns.filter((pattern) => JSON.stringify(judge(pattern)) !== '{"kind":"polynomial","degree":1}'),
    ).toEqual([]);
  }, 60_000);
});
