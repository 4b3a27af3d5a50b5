// Run as a child process: node lock-child.js <compiled sources> <root> <rounds>: counts up a file, once a round, each
// time reading it under the lock and committing it.
import { pathToFileURL } from "node:url";

const [sources, root, rounds] = process.argv.slice(2);
const load = (path) => import(pathToFileURL(`${sources}/${path}`).href);
const { commit } = await load("fs/commit.js");
const { lockProject } = await load("fs/lock-project.js");
const { readFiles } = await load("fs/read-project.js");

for (let round = 0; round < Number(rounds); round++) {
  const lock = await lockProject(root, { waitMs: 30_000 });
  const before = (await readFiles(root, ["count.txt"])).get("count.txt");
  const { diagnostics } = await commit(
    root,
    [{ path: "count.txt", before, after: String(Number(before) + 1) }],
    { lock },
  );
  await lock.release();
  if (diagnostics.length > 0) throw new Error(JSON.stringify(diagnostics));
}
