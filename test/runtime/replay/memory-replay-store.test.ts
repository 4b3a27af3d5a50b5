import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { MemoryReplayStore } from "wsgen-runtime";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const idOf = (stream: string) => ({ module: "test", event: "message", stream });
const many = { last: 100 };

const fill = (
  store: MemoryReplayStore,
  stream: string,
  count: number,
  limits: { last: number; forSeconds?: number } = many,
) => {
  for (let index = 0; index < count; index++) store.append(idOf(stream), limits, ({ offset }) => `${offset}`);
};
const read = (
  store: MemoryReplayStore,
  stream: string,
  limits: { last: number; forSeconds?: number } = many,
) => {
  const { newest, events } = store.history(idOf(stream), limits);
  return { newest, texts: events.map(({ payload }) => payload) };
};

describe("a store in memory", () => {
  test("keeps the last events of each stream", () => {
    const store = new MemoryReplayStore();
    fill(store, "a", 5, { last: 2 });
    fill(store, "b", 1);
    expect(read(store, "a", { last: 2 })).toEqual({ newest: 5, texts: ["4", "5"] });
    expect(read(store, "b")).toEqual({ newest: 1, texts: ["1"] });
    expect(read(store, "c")).toEqual({ newest: 0, texts: [] });
  });

  test("keeps them for a time", () => {
    const store = new MemoryReplayStore();
    const limits = { last: 100, forSeconds: 60 };
    fill(store, "a", 1, limits);
    vi.advanceTimersByTime(59_000);
    fill(store, "a", 1, limits);
    expect(read(store, "a", limits).texts).toEqual(["1", "2"]);
    vi.advanceTimersByTime(2_000);
    expect(read(store, "a", limits)).toEqual({ newest: 2, texts: ["2"] });
    vi.advanceTimersByTime(60_000);
    expect(read(store, "a", limits)).toEqual({ newest: 2, texts: [] });
  });

  test("returns the epoch of a stream before its first event", () => {
    const store = new MemoryReplayStore();
    const { epoch } = store.history(idOf("a"), many);
    fill(store, "a", 1);
    expect(store.history(idOf("a"), many).epoch).toBe(epoch);
  });

  test("has never the epochs of another", () => {
    const epochs = Array.from({ length: 100 }, () => new MemoryReplayStore().history(idOf("a"), many).epoch);
    expect(new Set(epochs).size).toBe(100);
  });

  test("forgets the stream that is longest without an event, and begins another epoch for it", () => {
    const store = new MemoryReplayStore({ maxStreams: 2 });
    fill(store, "a", 1);
    const { epoch } = store.history(idOf("a"), many);
    fill(store, "b", 1);
    fill(store, "a", 1);
    fill(store, "c", 1);
    expect(read(store, "a").newest).toBe(2);
    fill(store, "d", 1);
    fill(store, "e", 1);
    expect(read(store, "a")).toEqual({ newest: 0, texts: [] });
    expect(store.history(idOf("a"), many).epoch).not.toBe(epoch);
  });

  test("begins another epoch for a stream that it forgot, also where it was known before its first event", () => {
    const store = new MemoryReplayStore({ maxStreams: 1 });
    const { epoch } = store.history(idOf("a"), many);
    fill(store, "a", 1);
    fill(store, "b", 1);
    expect(store.history(idOf("a"), many).epoch).not.toBe(epoch);
  });

  test("loses nothing to those who ask for streams that have no event", () => {
    const store = new MemoryReplayStore({ maxStreams: 2 });
    fill(store, "a", 1);
    const { epoch } = store.history(idOf("first"), many);
    for (let index = 0; index < 10; index++) read(store, `${index}`);
    expect(read(store, "a").texts).toEqual(["1"]);
    expect(store.history(idOf("first"), many).epoch).not.toBe(epoch);
  });

  test("keeps no more bytes than it may", () => {
    const store = new MemoryReplayStore({ maxBytes: 1_000 });
    const append = (stream: string, bytes: number) =>
      store.append(idOf(stream), many, () => "x".repeat(bytes));
    for (let index = 0; index < 10; index++) append(`${index}`, 200);
    expect(["3", "5", "9"].map((stream) => read(store, stream).newest)).toEqual([0, 1, 1]);
    append("huge", 2_000);
    expect(read(store, "9").newest).toBe(0);
  });

  test("keeps nothing of what could not be written", () => {
    const store = new MemoryReplayStore();
    expect(() =>
      store.append(idOf("a"), many, () => {
        throw new Error("no");
      }),
    ).toThrow("no");
    expect(store.append(idOf("a"), many, () => undefined)).toBeUndefined();
    expect(read(store, "a")).toEqual({ newest: 0, texts: [] });
  });
});
