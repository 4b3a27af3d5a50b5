import { pathToFileURL } from "node:url";
import { Store } from "./store.js";

/** Adds three users with a board, for the tests and for a first look. Their passwords are no secret. */
export function addExampleData(store: Store): void {
  for (const name of ["ann", "bob", "cid"]) store.addUser(name, `${name}'s secret`);
  store.setMember("team", { name: "ann", role: "reader" });
  store.setMember("demo", { name: "ann", role: "owner" });
  store.setMember("demo", { name: "bob", role: "writer" });
  store.setMember("demo", { name: "cid", role: "reader" });
  if (store.cards("demo").length === 0) store.addCard("demo", { title: "Write the spec", column: "done" });
}

// `node dist/src/example-data.js board.db` writes them into a file.
const [, program, file] = process.argv;
if (program !== undefined && file !== undefined && import.meta.url === pathToFileURL(program).href) {
  const store = new Store(file);
  addExampleData(store);
  store.close();
}
