import type { HeapProfiler, Profiler, Runtime } from "node:inspector";
import { gzipSync } from "node:zlib";
import {
  Line,
  Location,
  Function as PprofFunction,
  Profile,
  Sample,
  StringTable,
  ValueType,
} from "pprof-format";

/** A stack, the innermost frame first, and what was measured there. */
interface StackSample {
  readonly frames: readonly Runtime.CallFrame[];
  readonly values: readonly number[];
}

interface Measure {
  readonly type: string;
  readonly unit: string;
}

/** A CPU profile for the `pprof` tool: gzipped `profile.proto`. Time in which nothing ran is left out, as in Go. */
export function encodeCpuProfile(profile: Profiler.Profile): Buffer {
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]));
  const parents = new Map(
    profile.nodes.flatMap((node) => (node.children ?? []).map((child) => [child, node.id])),
  );
  const measured = new Map<number, { count: number; micros: number }>();
  profile.samples?.forEach((id, index) => {
    const total = measured.get(id) ?? { count: 0, micros: 0 };
    // A delta tells how long ago the sample before was: that long, the stack before was running.
    total.micros += Math.max(0, profile.timeDeltas?.[index + 1] ?? 0);
    total.count += 1;
    measured.set(id, total);
  });
  const samples: StackSample[] = [];
  for (const [id, { count, micros }] of measured) {
    const frames: Runtime.CallFrame[] = [];
    for (let node = nodes.get(id); node; node = nodes.get(parents.get(node.id) ?? -1))
      frames.push(node.callFrame);
    if (frames[0]?.functionName !== "(idle)") samples.push({ frames, values: [count, micros * 1000] });
  }
  return encode(samples, {
    measures: [
      { type: "samples", unit: "count" },
      { type: "cpu", unit: "nanoseconds" },
    ],
    durationNanos: (profile.endTime - profile.startTime) * 1000,
  });
}

/** A sampling heap profile for the `pprof` tool: gzipped `profile.proto`. */
export function encodeHeapProfile(profile: HeapProfiler.SamplingHeapProfile): Buffer {
  const samples: StackSample[] = [];
  const visit = (node: HeapProfiler.SamplingHeapProfileNode, callers: readonly Runtime.CallFrame[]) => {
    const frames = [node.callFrame, ...callers];
    if (node.selfSize > 0) samples.push({ frames, values: [node.selfSize] });
    for (const child of node.children) visit(child, frames);
  };
  visit(profile.head, []);
  return encode(samples, { measures: [{ type: "inuse_space", unit: "bytes" }], durationNanos: 0 });
}

interface Totals {
  readonly measures: readonly Measure[];
  readonly durationNanos: number;
}

function encode(samples: readonly StackSample[], { measures, durationNanos }: Totals): Buffer {
  const stringTable = new StringTable();
  const locations = createLocations(stringTable);
  const types = measures.map(
    ({ type, unit }) => new ValueType({ type: stringTable.dedup(type), unit: stringTable.dedup(unit) }),
  );
  const sample = samples.map(
    ({ frames, values }) =>
      new Sample({ locationId: frames.filter(isNotRoot).map(locations.idOf), value: [...values] }),
  );
  const [firstType] = types.slice(-1);
  const profile = new Profile({
    sampleType: types,
    sample,
    location: locations.locations,
    function: locations.functions,
    stringTable,
    timeNanos: BigInt(Date.now()) * 1_000_000n,
    durationNanos,
    ...(firstType ? { periodType: firstType, period: 1 } : {}),
  });
  return gzipSync(profile.encode());
}

const isNotRoot = (frame: Runtime.CallFrame): boolean => frame.functionName !== "(root)";

/** Numbers the functions, each with one location: V8 reports where a function begins. */
function createLocations(strings: StringTable) {
  const ids = new Map<string, number>();
  const locations: Location[] = [];
  const functions: PprofFunction[] = [];
  const idOf = (frame: Runtime.CallFrame): number => {
    const key = `${frame.scriptId}:${frame.lineNumber}:${frame.columnNumber}:${frame.functionName}`;
    const known = ids.get(key);
    if (known !== undefined) return known;
    const id = ids.size + 1;
    ids.set(key, id);
    const name = strings.dedup(frame.functionName || "(anonymous)");
    const line = Math.max(0, frame.lineNumber + 1);
    functions.push(
      new PprofFunction({ id, name, systemName: name, filename: strings.dedup(frame.url), startLine: line }),
    );
    locations.push(new Location({ id, line: [new Line({ functionId: id, line })] }));
    return id;
  };
  return { idOf, locations, functions };
}
