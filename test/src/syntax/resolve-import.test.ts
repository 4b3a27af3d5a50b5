// Which file of the project a specifier means, whether it is relative or goes through an alias.
import { expect, test } from "vitest";
import { resolveImport } from "../../../src/syntax/resolve-import.js";

const paths = new Set([
  ...["src/main.ts", "src/modules/chat/chat.module.ts", "src/modules/chat/commands/index.ts", "src/a.mts"],
  ...["src/modules/chat/testing.ts", "src/modules/feed/ping.ts", "src/modules/chat/ping.ts", "src/view.tsx"],
]);

test.each([
  ["./modules/chat/chat.module.js", "src/modules/chat/chat.module.ts"],
  ["./modules/chat/chat.module", "src/modules/chat/chat.module.ts"],
  ["./modules/chat/chat.module.ts", "src/modules/chat/chat.module.ts"],
  ["./modules/chat/commands", "src/modules/chat/commands/index.ts"],
  ["./a.mjs", "src/a.mts"],
  ["./view.js", "src/view.tsx"],
  ["../src/main.js", "src/main.ts"],
  ["./absent.js", undefined],
  // Aliases, whatever folder they stand for.
  ["@/modules/chat/chat.module.js", "src/modules/chat/chat.module.ts"],
  ["~/chat/commands", "src/modules/chat/commands/index.ts"],
  ["#chat/chat.module", "src/modules/chat/chat.module.ts"],
  ["@modules/chat/chat.module.js", "src/modules/chat/chat.module.ts"],
  // Two files end so.
  ["@/ping.js", undefined],
  ["@/chat/ping.js", "src/modules/chat/ping.ts"],
  // A part of a name is no folder.
  ["@/at/chat.module.js", undefined],
  // Packages.
  ["wsgen-runtime/testing", undefined],
  ["@nestjs/testing", undefined],
  ["node:path", undefined],
  ["ping", undefined],
])("resolveImport: %s is %s", (specifier, path) => {
  expect(resolveImport(paths, "src/main.ts", specifier)).toBe(path);
});
