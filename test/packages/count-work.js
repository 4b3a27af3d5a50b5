// Preloaded into a process: counts the scripts that it loads, the files that it reads, the bytes that it writes, and the
// programs that the TypeScript compiler makes.
import fs from "node:fs";
import { Session } from "node:inspector";
import { syncBuiltinESMExports } from "node:module";

const { writeFileSync } = fs;
/** @type {string[]} a path each time that it is read */
const reads = [];
/** @type {{path: string, bytes: number}[]} */
const writes = [];
/** @type {Map<number, string>} */
const openFiles = new Map();

watch(fs, "openSync", ([path], file) => openFiles.set(file, String(path)));
for (const holder of [fs, fs.promises]) {
  const [read, write] = holder === fs ? ["readFileSync", "writeFileSync"] : ["readFile", "writeFile"];
  watch(holder, read, ([file]) => reads.push(pathOf(file)));
  watch(holder, write, ([file, content]) =>
    writes.push({ path: pathOf(file), bytes: Buffer.byteLength(content) }),
  );
}
syncBuiltinESMExports();

const session = new Session();
session.connect();
session.post("Profiler.enable");
session.post("Profiler.startPreciseCoverage", { callCount: true });

process.on("exit", () => {
  const loaded = [];
  let programs = 0;
  session.post("Profiler.takePreciseCoverage", (_, { result }) => {
    const functions = result.flatMap((script) => script.functions);
    for (const { functionName, ranges } of functions)
      if (functionName === "createProgram") programs += ranges[0].count;
  });
  session.on("Debugger.scriptParsed", ({ params: { url } }) => {
    if (url.startsWith("file:") && url !== import.meta.url) loaded.push(url);
  });
  session.post("Debugger.enable");
  session.disconnect();
  writeFileSync(process.env.WORK_REPORT, JSON.stringify({ loaded, reads, writes, programs }));
});

/** Tells of the calls of a function that succeed. */
function watch(holder, name, tell) {
  const original = holder[name];
  holder[name] = (...args) => {
    const result = original.apply(holder, args);
    if (result instanceof Promise) result.then(() => tell(args, result)).catch(() => undefined);
    else tell(args, result);
    return result;
  };
}

function pathOf(file) {
  return typeof file === "number" ? (openFiles.get(file) ?? "") : String(file);
}
