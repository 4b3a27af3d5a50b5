// What every measured server does beside serving: it says when it listens, and how much memory it uses when asked.

/** The port and the host to listen on. */
export const port = Number(process.env.PORT);
export const host = "127.0.0.1";

/** The route of every server that can choose one. */
export const path = "/bench/ws";

/** Tells the benchmark that clients may come. */
export function reportListening() {
  process.send?.("listening");
}

process.on("message", () => {
  globalThis.gc?.();
  globalThis.gc?.();
  process.send?.(process.memoryUsage());
});

// An end that a profiler notices.
process.once("SIGTERM", () => process.exit());
