import { inert } from "../report/inert-text.ts";
import { run } from "./run.ts";

/**
 * Runs the command line of this process and sets its exit code. Any failure, even to write the last byte of output,
 * gives 2.
 */
export async function runAsProcess(): Promise<void> {
  // A reader that closes the pipe (`| head`) is not an error and does not change the verdict.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") giveUp(error);
  });
  process.stderr.on("error", () => {});
  // Node.js would exit with 1, which means not compliant.
  process.on("uncaughtException", giveUp);
  process.exitCode = await run(process.argv.slice(2));
}

function giveUp(error: Error): void {
  const stack = process.env["DEBUG"] !== undefined || process.argv[2] === "serve" ? `${error.stack}\n` : "";
  process.stderr.write(`portcullis: unexpected error: ${inert(error.message)}\n${stack}`, () => process.exit(2));
}
