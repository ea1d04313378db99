import { createRequire } from "node:module";
import { CommanderError } from "commander";
import { inert } from "../report/inert-text.ts";
import { withPlainSwitches } from "./conftest/options.ts";
import { program } from "./program.ts";

/**
 * Runs one command line and returns its exit code: 0 compliant, 1 not compliant, 2 could not be judged. An unexpected
 * error gives 2 and one line; `DEBUG=1` adds the stack trace.
 */
export async function run(args: readonly string[]): Promise<number> {
  const command = args[0];
  if (command === "-V" || command === "--version") {
    const { version } = createRequire(import.meta.url)("../../../package.json") as { readonly version: string };
    process.stdout.write(`${version}\n`);
    return 0;
  }
  let code = 0;
  try {
    await program((result) => (code = result)).parseAsync(withPlainSwitches(args), { from: "user" });
    return code;
  } catch (error) {
    // Commander has printed its message already; `--help` is not an error.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (isExpected(error)) {
      process.stderr.write(`error: ${inert(error.message)}\n`);
      return 2;
    }
    const message = error instanceof Error ? error.message : String(error);
    process.stderr.write(`portcullis: unexpected error, nothing was judged: ${inert(message)}\n`);
    if (process.env["DEBUG"] !== undefined && error instanceof Error) process.stderr.write(`${error.stack}\n`);
    return 2;
  }
}

/** By name: a command outside the bundle has classes of its own. */
function isExpected(error: unknown): error is Error {
  return error instanceof Error && (error.name === "UsageError" || error.name === "TreeError");
}
