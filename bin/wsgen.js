#!/usr/bin/env node
import module from "node:module";

// Node 22 and later can keep what they compiled for the next run: most of a run's time is reading TypeScript's compiler.
module.enableCompileCache?.();

try {
  const { main } = await import("../dist/bundle/cli.js");
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  // Until the command line is read, only the system refuses.
  if (typeof error?.syscall !== "string") throw error;
  const what =
    error.syscall === "uv_cwd"
      ? "The current folder does not exist any more"
      : "wsgen cannot read its own files";
  process.stderr.write(`error ${what}: ${error.message}. [read-failed]\n  fix: ${fixOf(error)}\n`);
  process.exitCode = 1;
}

function fixOf({ syscall, code }) {
  if (syscall === "uv_cwd") return "Change to a folder that exists.";
  return code === "EMFILE" ? "Run `ulimit -n 256`, which allows more open files." : "Install wsgen again.";
}
