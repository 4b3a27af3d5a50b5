import type { ServerResponse } from "node:http";
import { type HeapProfiler, type Profiler, Session } from "node:inspector";
import { pipeline } from "node:stream/promises";
import { setTimeout as wait } from "node:timers/promises";
import { getHeapSnapshot } from "node:v8";
import { invalidRequest } from "./admin-error.js";

/** One kind of profile. */
export interface ProfileEndpoint {
  readonly usage: string;
  readonly description: string;
  /** @throws AdminError if a parameter is not valid */
  serve(query: URLSearchParams, response: ServerResponse): Promise<void>;
}

/** The profiles by path. */
export const endpoints: ReadonlyMap<string, ProfileEndpoint> = new Map([
  [
    "/debug/pprof/profile",
    {
      usage: "?seconds=30&format=pprof|cpuprofile",
      description: "CPU profile, for `go tool pprof` or, with format=cpuprofile, for Chrome DevTools.",
      async serve(query, response) {
        const format = readFormat(query, ["pprof", "cpuprofile"]);
        const profile = await recordCpuProfile(readRecording(query, response, 30));
        if (format === "cpuprofile") return send(response, JSON.stringify(profile), "node.cpuprofile");
        const { encodeCpuProfile } = await import("./encode-pprof.js");
        send(response, encodeCpuProfile(profile), "cpu.pb.gz");
      },
    },
  ],
  [
    "/debug/pprof/heap",
    {
      usage: "?seconds=10&format=pprof|heapprofile",
      description:
        "Sampling heap profile of live memory allocated during the recording, for `go tool pprof` or Chrome DevTools.",
      async serve(query, response) {
        const format = readFormat(query, ["pprof", "heapprofile"]);
        const profile = await recordHeapProfile(readRecording(query, response, 10));
        if (format === "heapprofile") return send(response, JSON.stringify(profile), "node.heapprofile");
        const { encodeHeapProfile } = await import("./encode-pprof.js");
        send(response, encodeHeapProfile(profile), "heap.pb.gz");
      },
    },
  ],
  [
    "/debug/pprof/heapsnapshot",
    {
      usage: "",
      description: "Heap snapshot for Chrome DevTools. The process pauses while it is taken.",
      async serve(_query, response) {
        response.writeHead(200, downloadHeaders("node.heapsnapshot"));
        await pipeline(getHeapSnapshot(), response);
      },
    },
  ],
] satisfies [string, ProfileEndpoint][]);

/** A page that lists the profiles. */
export const indexPage = `<!doctype html>
<title>Profiles</title>
<h1>Profiles of process ${process.pid}</h1>
<ul>
${[...endpoints]
  .map(
    ([path, { usage, description }]) =>
      `<li><a href="${path}">${path}</a>${usage.replaceAll("&", "&amp;")}: ${description}</li>`,
  )
  .join("\n")}
</ul>
`;

const maxSeconds = 300;

/** A recording that ends if the client disconnects. */
function readRecording(query: URLSearchParams, response: ServerResponse, defaultSeconds: number): Recording {
  const seconds = Number(query.get("seconds") ?? defaultSeconds);
  if (!(seconds > 0 && seconds <= maxSeconds)) {
    throw invalidRequest(`seconds must be more than 0 and at most ${maxSeconds}.`);
  }
  const gone = new AbortController();
  response.once("close", () => gone.abort());
  return { seconds, signal: gone.signal };
}

function readFormat(query: URLSearchParams, formats: readonly string[]): string {
  const format = query.get("format") ?? formats[0] ?? "";
  if (!formats.includes(format)) throw invalidRequest(`format must be one of ${formats.join(", ")}.`);
  return format;
}

function send(response: ServerResponse, body: string | Buffer, file: string): void {
  response.writeHead(200, downloadHeaders(file)).end(body);
}

const downloadHeaders = (file: string) => ({
  "content-type": "application/octet-stream",
  "content-disposition": `attachment; filename="${file}"`,
  "x-content-type-options": "nosniff",
});

interface Recording {
  readonly seconds: number;
  /** Ends the recording early, with an error. */
  readonly signal: AbortSignal;
}

const cpuIntervalMicros = 1000;
const heapIntervalBytes = 32_768;

/** Samples the stack every millisecond. The format is that of Chrome DevTools' `.cpuprofile`. */
const recordCpuProfile = ({ seconds, signal }: Recording): Promise<Profiler.Profile> =>
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
const recordHeapProfile = ({ seconds, signal }: Recording): Promise<HeapProfiler.SamplingHeapProfile> =>
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
