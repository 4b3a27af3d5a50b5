// The command line as one bundle: read as a few files, it starts in half the time.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig } from "rolldown";
import { joinModules } from "./join-client.js";

const dist = (path) => fileURLToPath(new URL(`dist/${path}`, import.meta.url));

// biome-ignore lint/style/noDefaultExport: rolldown reads its configuration from there
export default defineConfig({
  input: dist("cli.js"),
  platform: "node",
  external: ["ts-morph"],
  resolve: {
    // yargs measures every line of a help text with it: its tables of emoji cost a third of the time of `--help`.
    alias: { "string-width": dist("cli/text-width.js") },
  },
  plugins: [
    {
      name: "core of the client, as a template of the command line",
      generateBundle() {
        const source = joinModules(new URL("runtime/src/client/index.ts", import.meta.url));
        this.emitFile({ type: "asset", fileName: "client-core.ts", source });
      },
    },
    {
      name: "license of recheck, which is nowhere but in the bundle",
      generateBundle() {
        const source = readFileSync(new URL("node_modules/recheck/LICENSE", import.meta.url));
        this.emitFile({ type: "asset", fileName: "recheck.LICENSE", source });
      },
    },
  ],
  output: {
    dir: dist("bundle"),
    minify: true,
    chunkFileNames: "[name].js",
    // What nearly every command needs is one file.
    codeSplitting: {
      groups: [
        {
          name: "common",
          test: /dist.(diagnostics.(?!explain)|run.(global-options|result)|fs.own-files|model.(module-files|paths)|spec-file.route-pattern|project-files.tree)/,
        },
        // `docs` uses these too. As files of their own they would all be open at the same time.
        {
          name: "encoders",
          test: /dist.(render.(encoders|module-views)|schema.(build-type|print-type|type-node|constraint-notes|encode|cycles|type-text))\./,
          includeDependenciesRecursively: false,
        },
      ],
    },
  },
  logLevel: "warn",
});
