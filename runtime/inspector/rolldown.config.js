// The page of the inspector: one script and one style sheet, without requests to anywhere else.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig } from "rolldown";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const inPackages = (path) => readFileSync(fileURLToPath(import.meta.resolve(path)), "utf8");
const bundled = ["preact", "@preact/signals", "uplot", "@msgpack/msgpack"];

// biome-ignore lint/style/noDefaultExport: rolldown reads its configuration from there
export default defineConfig({
  input: here("main.tsx"),
  platform: "browser",
  plugins: [
    {
      name: "files beside the script",
      generateBundle() {
        const add = (fileName, source) => this.emitFile({ type: "asset", fileName, source });
        add("index.html", readFileSync(here("index.html")));
        add("page.css", inPackages("uplot/dist/uPlot.min.css") + readFileSync(here("page.css"), "utf8"));
        // The licenses of the packages that are in the script.
        const folder = (name) => new URL(`../../node_modules/${name}/LICENSE`, import.meta.url);
        add(
          "LICENSES.txt",
          bundled.map((name) => `${name}\n\n${readFileSync(folder(name))}`).join("\n---\n\n"),
        );
      },
    },
  ],
  output: { dir: here("../dist/inspector-page"), entryFileNames: "page.js", minify: true },
  logLevel: "warn",
});
