import type { ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import { getHeapSnapshot } from "node:v8";
import { invalidRequest } from "./admin-input.js";
import { type Recording, recordCpuProfile, recordHeapProfile } from "./record-profile.js";

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
