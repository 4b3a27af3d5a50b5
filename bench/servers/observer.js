// Loaded into every measured server: it says what the process has used, and ends so that a profiler notices.
process.on("message", () => {
  globalThis.gc();
  globalThis.gc();
  process.send({ ...process.memoryUsage(), cpu: process.cpuUsage() });
});

if (process.execArgv.includes("--cpu-prof")) process.once("SIGTERM", () => process.exit());
