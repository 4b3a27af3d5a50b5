// What the samples of a CPU profile of V8 belong to.

/** In the order of the picture. */
export const parts = [
  { id: "system", title: "system calls", color: "#4e79a7" },
  { id: "node", title: "Node", color: "#a0cbe8" },
  { id: "ws", title: "ws", color: "#59a14f" },
  { id: "koa", title: "Koa and its router", color: "#8cd17d" },
  { id: "json", title: "JSON, bare server", color: "#f1ce63" },
  { id: "runtime", title: "wsgen-runtime", color: "#e15759" },
  { id: "memory", title: "garbage collection", color: "#b07aa1" },
  { id: "other", title: "other", color: "#bab0ac" },
];

/** Functions of Node's C++ part that are little more than a system call. */
const systemCalls = /^(write|writev|shutdown|close|getpeername|read(Start|Stop)|writeBuffer|write\w+String)$/;

/** The share of each part in the time that the process was busy, once it had started and warmed up for so long. */
export function classify({ nodes, samples, timeDeltas }, warmMs) {
  const partOfNode = new Map(nodes.map(({ id, callFrame }) => [id, partOf(callFrame)]));
  const times = Object.fromEntries(parts.map(({ id }) => [id, 0]));
  let elapsed = 0;
  let busy = 0;
  for (const [index, id] of samples.entries()) {
    elapsed += timeDeltas[index];
    const part = partOfNode.get(id);
    if (elapsed < warmMs * 1_000 || part === "idle") continue;
    times[part] += timeDeltas[index];
    busy += timeDeltas[index];
  }
  return Object.fromEntries(Object.entries(times).map(([part, time]) => [part, time / busy]));
}

const protocolFiles = /\/protocol\/(codec|create-envelope|decode-message)\.js$/;

function partOf({ functionName, url }) {
  if (functionName === "(idle)") return "idle";
  if (functionName === "(garbage collector)") return "memory";
  if (url === "") return systemCalls.test(functionName) ? "system" : "other";
  if (url.startsWith("node:")) return "node";
  if (url.includes("/node_modules/ws/")) return "ws";
  if (url.includes("/node_modules/")) return "koa";
  // V8 counts its own JSON.parse and JSON.stringify with the function that calls them.
  const callsJson = protocolFiles.test(url) && /^(decode|encode)/.test(functionName);
  if (callsJson || url.includes("/bench/servers/")) return "json";
  return "runtime";
}
