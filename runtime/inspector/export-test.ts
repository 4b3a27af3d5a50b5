import type { RecordedFrame } from "../src/inspector/report.ts";

/** The failed requests that are recorded whole, so that a test can send them again. */
export const isTestable = (frame: RecordedFrame): boolean =>
  frame.direction === "in" && frame.request !== undefined && isServerFault(frame);

/** A request that breaks its schema, or that a guard or a limit refuses, is the client's mistake: its error is right. */
const clientMistakes = new Set([
  "invalid_request",
  "invalid_message",
  "unknown_command",
  "access_denied",
  "rate_limited",
]);

const isServerFault = ({ fate, code = "" }: RecordedFrame): boolean =>
  fate === "failed" && !clientMistakes.has(code);

/** A test file of a generated project. It fails until the command answers the recorded requests without these errors. */
export function toTestFile(flag: string, frames: readonly RecordedFrame[]): string {
  const cases = frames.filter(isTestable);
  return [
    "// Recorded by the inspector. Fails until the commands answer these requests. Put it into the folder `test` of the project.",
    'import { test } from "node:test";',
    'import { expectAnswer } from "wsgen-runtime/testing";',
    `import { setup } from ${write(`./${flag}.setup.js`)};`,
    ...cases.flatMap(({ name, request, code, n }) => [
      "",
      `test(${write(`${name} answers request ${n}, which failed with ${code ?? "an error"}`)}, () =>`,
      "  expectAnswer(setup, {",
      `    command: ${write(name)},`,
      `    file: ${write(`the command ${name}`)},`,
      `    request: ${write(request, 4)},`,
      "  }));",
    ]),
    "",
  ].join("\n");
}

/** JSON that is also a literal of TypeScript. Frames are data: a line separator would end a string of old parsers. */
function write(value: unknown, indent = 0): string {
  const text = JSON.stringify(value, undefined, 2).replace(
    /[\u2028\u2029]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16)}`,
  );
  return text.replaceAll("\n", `\n${" ".repeat(indent)}`);
}
