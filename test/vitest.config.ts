import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { ReportSkipped } from "./support/report-skipped.js";

const source = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  test: {
    root: source("."),
    include: ["**/*.test.ts"],
    exclude: ["**/cases/**", "**/node_modules/**"],
    // What hangs ends at these. On a busy machine, what takes a second takes ten.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 20_000 } },
    maxWorkers: 2,
    reporters: ["default", new ReportSkipped()],
    globalSetup: source("support/warn-of-old-build.ts"),
  },
  resolve: {
    alias: [
      { find: /^wsgen-runtime\/client$/, replacement: source("../runtime/src/client/index.ts") },
      { find: /^wsgen-runtime\/error-codes$/, replacement: source("../runtime/src/error-codes.ts") },
      { find: /^wsgen-runtime\/options$/, replacement: source("../runtime/src/options.ts") },
      { find: /^wsgen-runtime\/redis$/, replacement: source("../runtime/src/cluster/redis/index.ts") },
      { find: /^wsgen-runtime\/testing\/cluster$/, replacement: source("../runtime/src/testing/cluster.ts") },
      { find: /^wsgen-runtime\/testing$/, replacement: source("../runtime/src/testing/index.ts") },
      { find: /^wsgen-runtime\/validation$/, replacement: source("../runtime/src/validation/index.ts") },
      { find: /^wsgen-runtime$/, replacement: source("../runtime/src/index.ts") },
    ],
  },
});
