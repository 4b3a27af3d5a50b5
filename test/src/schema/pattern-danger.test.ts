import { describe, expect, it } from "vitest";
import { findDanger } from "../../../src/schema/pattern-danger.js";
import { cpuTimeMs } from "../../support/cpu-time.js";

const safe = [
  "",
  "^[a-z]+$",
  "^[a-z0-9]+(?:-[a-z0-9]+)*$",
  "^(?:[a-z0-9]+-)*[a-z]+$",
  "^\\d{4}-\\d{2}-\\d{2}$",
  "^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$",
  "^[^\\s@]+@[^\\s@]+\\.[^\\s@]+$",
  "^#(?:[0-9a-f]{3}){1,2}$",
  "^(?:\\p{L}+\\s)*\\p{L}+$",
  "^(?=.*\\d)(?=.*[a-z]).{8,64}$",
  "^(?!admin$)\\w+$",
  "(?:ab|ac)*d",
  "^(?:a|b)*$",
  '^(?:[^"\\\\]|\\\\.)*$',
  "^(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)(?:\\.(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)){3}$",
  "^.{1,4000}$",
  "^(?:a{2})*$",
  "^(?:ab?)+$",
  "^(?:a*b)*$",
  "^\\s*\\S+\\s*$",
  "\\u{1F600}+[😀-😎]*",
];

const exponential = [
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
];

describe("a pattern", () => {
  it.each(safe)("%s may run", (pattern) => {
    expect(findDanger(pattern)).toBeUndefined();
  });

  it.each(exponential)("%s can take exponential time", (pattern) => {
    expect(findDanger(pattern)).toContain("exponential");
  });

  it("that is no regular expression is told from one", () => {
    expect(findDanger("(")).toContain("no regular expression");
    // Without the u flag this would be one.
    expect(findDanger("\\-")).toContain("no regular expression");
  });

  it("of which nothing can be said is refused", () => {
    expect(findDanger("^(a+)\\1$")).toContain("back-reference");
    expect(findDanger("^(?:a?){30}a{30}$")).toContain("can be empty");
    expect(findDanger("(?:a{100}){100}b{5000}".replace("b{5000}", "[bc]x".repeat(2_000)))).toContain(
      "too large",
    );
  });

  it("is judged in reasonable time", async () => {
    const words = Array.from({ length: 300 }, (_, n) => `w${n}`).join("|");
    const tookMs = await cpuTimeMs(() => {
      findDanger(`^(?:${words})*$`);
      findDanger(`^(?:${"(?:a|b)?".repeat(60)}c)*$`);
      findDanger(`${"(".repeat(200)}a${")*".repeat(200)}`);
    });
    expect(tookMs).toBeLessThan(10_000);
  });
});
