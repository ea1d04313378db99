#!/usr/bin/env node
import module from "node:module";
import { run } from "./run.ts";

// Node.js 22 and newer keep compiled JavaScript between runs; older ones have no such function.
(module as { enableCompileCache?: () => unknown }).enableCompileCache?.();

// A reader that went away (`| head`) is no failure of ours.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(process.exitCode ?? 0);
  throw error;
});

process.exitCode = await run(process.argv.slice(2));
