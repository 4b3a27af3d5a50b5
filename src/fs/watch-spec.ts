import { watch } from "node:fs";
import { realpath } from "node:fs/promises";
import { basename, dirname, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import { ifExists } from "./file-system.js";
import { readSpecFile } from "./read-spec-file.js";

/** An editor writes a file in several steps, which count as one change. */
const settleMs = 50;

/**
 * Yields at once, and again each time the spec changes, disappears or reappears, until the signal. It watches the folder,
 * because many editors replace the file with a new one. Changes are not missed while the caller works.
 * @throws the system's error if the folder does not exist or cannot be watched
 */
export async function* watchSpec(root: string, file: string, signal: AbortSignal): AsyncGenerator<void> {
  let isTouched = false;
  let wake = (): void => {};
  const touch = (): void => {
    isTouched = true;
    wake();
  };
  const path = resolve(root, file);
  // Both a link and its target can be replaced.
  const places = new Set([path, (await ifExists(realpath(path))) ?? path]);
  const watchers = [...places].map((place) =>
    watch(dirname(place), (_event, name) => {
      if (name === null || name === basename(place)) touch();
    }).on("error", touch),
  );
  signal.addEventListener("abort", touch);
  const read = async () => (await readSpecFile(root, file)).value?.bytes;
  try {
    while (!signal.aborted) {
      const seen = await read();
      yield;
      while (!signal.aborted && isDeepStrictEqual(seen, await read())) {
        if (!isTouched) await new Promise<void>((done) => (wake = done));
        isTouched = false;
        await sleep(settleMs, undefined, { signal }).catch(() => {});
      }
    }
  } finally {
    signal.removeEventListener("abort", touch);
    for (const watcher of watchers) watcher.close();
  }
}
