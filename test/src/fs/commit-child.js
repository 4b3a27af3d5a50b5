// Run as a child process: node commit-child.js <compiled sources> <root> <changes.json> <what> <operation>
// what: "kill" or "interrupt" at the n-th operation of the file system; "count" lets it run through.
import { readFileSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [sources, root, changesFile, what, operation] = process.argv.slice(2);
const load = (path) => import(pathToFileURL(`${sources}/${path}`).href);
const { commit } = await load("fs/commit.js");
const { nodeFileSystem } = await load("fs/file-system.js");

let count = 0;
const wrap =
  (name) =>
  async (...args) => {
    count += 1;
    if (count === Number(operation) && what === "kill") {
      // A write that is cut off in the middle leaves half of its content.
      if (name === "createFile")
        writeFileSync(args[0], args[1].subarray(0, args[1].length / 2), { flag: "wx" });
      process.kill(process.pid, "SIGKILL");
    }
    if (count === Number(operation) && what === "interrupt") {
      const received = new Promise((resolve) => process.once("SIGINT", resolve));
      // A listener for a signal does not keep a process alive; this does until the signal is here.
      const alive = setInterval(() => undefined, 1000);
      process.kill(process.pid, "SIGINT");
      await received;
      clearInterval(alive);
    }
    return nodeFileSystem[name](...args);
  };
const fileSystem = Object.fromEntries(Object.keys(nodeFileSystem).map((name) => [name, wrap(name)]));

// JSON has no undefined: a missing content stands for a missing file.
const changes = JSON.parse(readFileSync(changesFile, "utf8")).map(({ path, before, after }) => ({
  path,
  before,
  after,
}));
const outcome = await commit(root, changes, { fileSystem });
process.stdout.write(
  JSON.stringify({
    count,
    codes: outcome.diagnostics.map(({ code }) => code),
    isDone: outcome.value !== undefined,
  }),
);
