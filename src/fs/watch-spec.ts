import { type FSWatcher, watch } from "node:fs";
import { realpath } from "node:fs/promises";
import { dirname, join, resolve, sep } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import type { SpecSource } from "../spec-file/read-spec.js";
import { isErrorWithCode } from "./file-system.js";
import { readSpecFile } from "./read-spec-file.js";

/** An editor writes a file in several steps, which count as one change. */
const settleMs = 50;

/**
 * Yields at once, and again each time the spec or a file that it refers to changes, disappears or reappears, until the signal.
 * It watches the folders, because many editors replace the file with a new one. Changes are not missed while the caller works.
 * @throws the system's error if the folder of the spec does not exist or cannot be watched
 */
export async function* watchSpec(root: string, file: string, signal: AbortSignal): AsyncGenerator<void> {
  let isTouched = false;
  let wake = (): void => {};
  const touch = (): void => {
    isTouched = true;
    wake();
  };
  const path = resolve(root, file);
  const watched = new WatchedFiles(touch);
  signal.addEventListener("abort", touch);
  const read = async () => (await readSpecFile(root, file)).value;
  try {
    while (!signal.aborted) {
      const seen = await read();
      await watched.replace([path, ...listReferenced(path, seen)]);
      yield;
      while (!signal.aborted && isDeepStrictEqual(seen, await read())) {
        if (!isTouched) await new Promise<void>((done) => (wake = done));
        isTouched = false;
        await sleep(settleMs, undefined, { signal }).catch(() => {});
      }
    }
  } finally {
    signal.removeEventListener("abort", touch);
    watched.close();
  }
}

/** The files that a spec refers to, also those that do not exist. */
const listReferenced = (path: string, spec: SpecSource | undefined): readonly string[] =>
  [...(spec?.files?.keys() ?? [])].map((each) => join(dirname(path), each));

/** Watches files by their folders. */
class WatchedFiles {
  readonly #touch: () => void;
  readonly #folders = new Map<string, FSWatcher>();
  #names: readonly string[] = [];

  constructor(touch: () => void) {
    this.#touch = touch;
  }

  /** Watches these files and no others. The folder of the first must exist. */
  async replace(files: readonly string[]): Promise<void> {
    // Both a link and its target can be replaced.
    const targets = await Promise.all(files.map((file) => realpath(file).catch(() => file)));
    this.#names = [...new Set([...files, ...targets])];
    // A folder that was deleted and created again needs a new watcher.
    this.close();
    for (const name of this.#names) this.#watch(dirname(name), dirname(files[0] ?? name));
  }

  /** Watches a folder, or the nearest one above it that exists, up to `outermost`. */
  #watch(folder: string, outermost: string): void {
    if (this.#folders.has(folder)) return;
    try {
      const watcher = watch(folder, (_event, name) => {
        const place = name === null ? folder : join(folder, name);
        // The folder of a file may appear or disappear.
        if (this.#names.some((each) => each === place || each.startsWith(place + sep))) this.#touch();
      });
      this.#folders.set(folder, watcher.on("error", this.#touch));
    } catch (error) {
      if (folder === outermost || !isErrorWithCode(error, "ENOENT", "ENOTDIR")) throw error;
      this.#watch(dirname(folder), outermost);
    }
  }

  close(): void {
    for (const watcher of this.#folders.values()) watcher.close();
    this.#folders.clear();
  }
}
