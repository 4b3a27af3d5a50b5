import { type HeapProfiler, type Profiler, Session } from "node:inspector";
import { setTimeout as wait } from "node:timers/promises";

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
 * Samples live memory allocated during the recording, about once for every 32 KiB. The format is that of Chrome
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

/** Sends one command of the Chrome DevTools protocol to this process. */
type PostCommand = (method: string, params?: object) => Promise<unknown>;

/** Runs `use` with an inspector session of this process. Always ends the session. */
async function withInspector<T>(use: (post: PostCommand) => Promise<T>): Promise<T> {
  const session = new Session();
  session.connect();
  try {
    return await use(
      (method, params) =>
        new Promise((resolve, reject) => {
          session.post(method, params, (error, result) => (error ? reject(error) : resolve(result)));
        }),
    );
  } finally {
    session.disconnect();
  }
}

/** @throws AbortError if the signal is aborted first */
const waitSeconds = async (seconds: number, signal: AbortSignal): Promise<void> => {
  await wait(seconds * 1000, undefined, { signal });
};
