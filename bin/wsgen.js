#!/usr/bin/env node
import module from "node:module";

// Node 22 and later can keep what they compiled for the next run: most of a run's time is reading TypeScript's compiler.
module.enableCompileCache?.();

const { main } = await import("../dist/bundle/cli.js");

process.exitCode = await main(process.argv.slice(2));
