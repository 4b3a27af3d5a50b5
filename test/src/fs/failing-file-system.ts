import { type FileSystem, nodeFileSystem } from "../../../src/fs/file-system.js";

export interface Fault {
  /** The operation that fails, counted from 1. */
  readonly at: number;
  /** Before: nothing happened. After: it happened, and was reported as failed. */
  readonly when: "before" | "after";
  /** True: every later operation fails too, as on a disk that is gone. */
  readonly isLasting: boolean;
}

const names = Object.keys(nodeFileSystem) as (keyof FileSystem)[];

/** The real file system with one fault in it; `count` tells how many operations were asked for. */
export function failingFileSystem(fault: Fault | undefined, onOperation?: (count: number) => void) {
  let count = 0;
  const wrap =
    (name: keyof FileSystem) =>
    async (...args: never[]): Promise<unknown> => {
      count += 1;
      onOperation?.(count);
      const isHit = fault !== undefined && (count === fault.at || (fault.isLasting && count > fault.at));
      if (isHit && fault.when === "before") throw diskError(name);
      const result = await (nodeFileSystem[name] as (...args: never[]) => Promise<unknown>)(...args);
      if (isHit) throw diskError(name);
      return result;
    };
  const fileSystem = Object.fromEntries(names.map((name) => [name, wrap(name)])) as unknown as FileSystem;
  return { fileSystem, count: () => count };
}

export const diskError = (name: string, code = "EIO"): Error =>
  Object.assign(new Error(`${code}: ${name}`), { code });
