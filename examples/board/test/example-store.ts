import { addExampleData } from "../src/example-data.js";
import { Store } from "../src/store.js";

/** A store with the example data, where each user has logged in. Each test has its own, in memory. */
export function createExampleStore(file = ":memory:"): Store {
  const store = new Store(file);
  addExampleData(store);
  for (const name of ["ann", "bob", "cid", "dan"]) {
    store.addUser(name, `${name}'s secret`);
    store.addToken(name, tokenOf(name));
  }
  return store;
}

/** The token of a user of this store: a client passes it in its query. */
export const tokenOf = (name: string): string => `the-token-of-${name}-in-tests`;
