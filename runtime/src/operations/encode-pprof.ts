import type { HeapProfiler, Profiler, Runtime } from "node:inspector";
import { gzipSync } from "node:zlib";
import { type Field, integerField, integersField, messageField, textField } from "./protobuf.js";

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

/** The field numbers are those of https://github.com/google/pprof/blob/main/proto/profile.proto */
function encode(samples: readonly StackSample[], { measures, durationNanos }: Totals): Buffer {
  const strings = new Numbering();
  strings.numberOf("");
  const types = measures.map(({ type, unit }) =>
    messageField(1, [integerField(1, strings.numberOf(type)), integerField(2, strings.numberOf(unit))]),
  );
  const places = new Places(strings);
  const sampleFields = samples.map(({ frames, values }) =>
    messageField(2, [
      integersField(
        1,
        frames.filter(isNotRoot).map((frame) => places.idOf(frame)),
      ),
      integersField(2, values),
    ]),
  );
  const fields = [
    ...types,
    ...sampleFields,
    ...places.fields,
    ...strings.values().map((text) => textField(6, text)),
    integerField(9, BigInt(Date.now()) * 1_000_000n),
    integerField(10, Math.round(durationNanos)),
  ];
  return gzipSync(Buffer.concat(fields));
}

const isNotRoot = (frame: Runtime.CallFrame): boolean => frame.functionName !== "(root)";

/** The functions of the stacks. V8 reports where a function begins, so that each is one location too. */
class Places {
  readonly fields: Field[] = [];
  readonly #strings: Numbering;
  readonly #ids = new Numbering();

  constructor(strings: Numbering) {
    this.#strings = strings;
  }

  idOf(frame: Runtime.CallFrame): number {
    const { scriptId, lineNumber, columnNumber, functionName } = frame;
    const known = this.#ids.size;
    const id = this.#ids.numberOf(`${scriptId}:${lineNumber}:${columnNumber}:${functionName}`) + 1;
    if (id > known) this.#add(id, frame);
    return id;
  }

  #add(id: number, frame: Runtime.CallFrame): void {
    // V8 counts lines from 0, and has -1 for its own functions; pprof counts from 1.
    const line = Math.max(0, frame.lineNumber + 1);
    const name = this.#strings.numberOf(frame.functionName || "(anonymous)");
    const file = this.#strings.numberOf(frame.url);
    this.fields.push(
      messageField(4, [integerField(1, id), messageField(4, [integerField(1, id), integerField(2, line)])]),
      messageField(5, [
        ...[integerField(1, id), integerField(2, name), integerField(3, name)],
        ...[integerField(4, file), integerField(5, line)],
      ]),
    );
  }
}

/** Numbers texts from 0 in the order in which they come. */
class Numbering {
  readonly #numbers = new Map<string, number>();

  get size(): number {
    return this.#numbers.size;
  }

  values(): string[] {
    return [...this.#numbers.keys()];
  }

  numberOf(text: string): number {
    const number = this.#numbers.get(text) ?? this.#numbers.size;
    this.#numbers.set(text, number);
    return number;
  }
}
