import type { HeapProfiler, Profiler } from "node:inspector";
import { waitSeconds, withInspector } from "./inspector-session.js";

export interface Recording {
  readonly seconds: number;
  /** Ends the recording early, with an error. */
  readonly signal: AbortSignal;
}

const cpuIntervalMicros = 1000;
const heapIntervalBytes = 32_768;

/** Samples the stack every millisecond. The format is that of Chrome DevTools' `.cpuprofile`. */
export const recordCpuProfile = ({ seconds, signal }: Recording): Promise<Profiler.Profile> =>
  withInspector(async (post) => {
    await post("Profiler.enable");
    await post("Profiler.setSamplingInterval", { interval: cpuIntervalMicros });
    await post("Profiler.start");
    await waitSeconds(seconds, signal);
    const { profile } = (await post("Profiler.stop")) as Profiler.StopReturnType;
    return profile;
  });

/**
 * What was allocated meanwhile and is still alive, about one sample for every 32 KiB. The format is that of Chrome
 * DevTools' `.heapprofile`.
 */
export const recordHeapProfile = ({
  seconds,
  signal,
}: Recording): Promise<HeapProfiler.SamplingHeapProfile> =>
  withInspector(async (post) => {
    await post("HeapProfiler.enable");
    await post("HeapProfiler.startSampling", { samplingInterval: heapIntervalBytes });
    await waitSeconds(seconds, signal);
    const { profile } = (await post("HeapProfiler.stopSampling")) as HeapProfiler.StopSamplingReturnType;
    return profile;
  });
