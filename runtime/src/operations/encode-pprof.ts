import type { HeapProfiler, Profiler, Runtime } from "node:inspector";
import { gzipSync } from "node:zlib";
import { type FunctionInput, Profile, type SampleInput, StringTable } from "pprof-format";

/** A CPU profile for the `pprof` tool: gzipped `profile.proto`. Omits idle time, as Go does. */
export function encodeCpuProfile(profile: Profiler.Profile): Buffer {
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]));
  const parents = new Map(
    profile.nodes.flatMap((node) => (node.children ?? []).map((child) => [child, node.id])),
  );
  const measured = new Map<number, { count: number; micros: number }>();
  profile.samples?.forEach((id, index) => {
    const total = measured.get(id) ?? { count: 0, micros: 0 };
    // A delta is the time since the previous sample. The previous stack was running in this time.
    total.micros += Math.max(0, profile.timeDeltas?.[index + 1] ?? 0);
    total.count += 1;
    measured.set(id, total);
  });
  const stacks = new Stacks();
  for (const [id, { count, micros }] of measured) {
    const frames: Runtime.CallFrame[] = [];
    for (let node = nodes.get(id); node; node = nodes.get(parents.get(node.id) ?? -1))
      frames.push(node.callFrame);
    if (frames[0]?.functionName !== "(idle)") stacks.add(frames, [count, micros * 1000]);
  }
  const durationNanos = Math.round((profile.endTime - profile.startTime) * 1000);
  return stacks.encode({ samples: "count", cpu: "nanoseconds" }, durationNanos);
}

/** A sampling heap profile for the `pprof` tool: gzipped `profile.proto`. */
export function encodeHeapProfile(profile: HeapProfiler.SamplingHeapProfile): Buffer {
  const stacks = new Stacks();
  const visit = (node: HeapProfiler.SamplingHeapProfileNode, callers: readonly Runtime.CallFrame[]) => {
    const frames = [node.callFrame, ...callers];
    if (node.selfSize > 0) stacks.add(frames, [node.selfSize]);
    for (const child of node.children) visit(child, frames);
  };
  visit(profile.head, []);
  return stacks.encode({ inuse_space: "bytes" }, 0);
}

/** Stacks, the innermost frame first, and their values. V8 reports the start of each function: one location. */
class Stacks {
  readonly #stringTable = new StringTable();
  readonly #samples: SampleInput[] = [];
  readonly #functions = new Map<string, FunctionInput & { id: number }>();

  add(frames: readonly Runtime.CallFrame[], value: number[]): void {
    const named = frames.filter(({ functionName }) => functionName !== "(root)");
    this.#samples.push({ locationId: named.map((frame) => this.#addFunction(frame).id), value });
  }

  /** @param units by measured quantity, in the order of the values */
  encode(units: Readonly<Record<string, string>>, durationNanos: number): Buffer {
    const stringTable = this.#stringTable;
    const functions = [...this.#functions.values()];
    const profile = new Profile({
      stringTable,
      sampleType: Object.entries(units).map(([type, unit]) => ({
        type: stringTable.dedup(type),
        unit: stringTable.dedup(unit),
      })),
      sample: this.#samples,
      location: functions.map(({ id, startLine = 0 }) => ({
        id,
        line: [{ functionId: id, line: startLine }],
      })),
      function: functions,
      timeNanos: BigInt(Date.now()) * 1_000_000n,
      durationNanos,
    });
    return gzipSync(profile.encode());
  }

  #addFunction({ scriptId, lineNumber, columnNumber, functionName, url }: Runtime.CallFrame) {
    const key = `${scriptId}:${lineNumber}:${columnNumber}:${functionName}`;
    const known = this.#functions.get(key);
    if (known !== undefined) return known;
    const name = this.#stringTable.dedup(functionName || "(anonymous)");
    const filename = this.#stringTable.dedup(url);
    // V8 counts lines from 0, and has -1 for its own functions; pprof counts from 1.
    const startLine = Math.max(0, lineNumber + 1);
    const added = { id: this.#functions.size + 1, name, systemName: name, filename, startLine };
    this.#functions.set(key, added);
    return added;
  }
}
