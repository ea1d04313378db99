import { run } from "./run.ts";

/** Runs the command line of this process and sets its exit code. */
export async function runAsProcess(): Promise<void> {
  // A reader that went away (`| head`) is no failure of ours.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(process.exitCode ?? 0);
    throw error;
  });
  process.exitCode = await run(process.argv.slice(2));
}
