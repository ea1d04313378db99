import { inert } from "../report/inert-text.ts";
import { run } from "./run.ts";

/** Runs the command line of this process and sets its exit code. What could not be done, down to the last byte of output, is 2. */
export async function runAsProcess(): Promise<void> {
  // A reader that went away (`| head`) is no failure of ours, and changes nothing about the verdict.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") giveUp(error);
  });
  process.stderr.on("error", () => {});
  // Node.js would exit with 1, which says that something was judged.
  process.on("uncaughtException", giveUp);
  process.exitCode = await run(process.argv.slice(2));
}

function giveUp(error: Error): void {
  const stack = process.env["DEBUG"] !== undefined || process.argv[2] === "serve" ? `${error.stack}\n` : "";
  process.stderr.write(`portcullis: unexpected error: ${inert(error.message)}\n${stack}`, () => process.exit(2));
}
