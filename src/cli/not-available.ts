/** Commands that are planned but not available. `--help` does not list them, and running one never passes. */
export const notYet: ReadonlySet<string> = new Set(["lint", "explain", "new", "compile", "doctor"]);

/** Prints that a command is not available and returns the exit code 2. */
export function notAvailable(command: string): 2 {
  process.stderr.write(`portcullis ${command}: not available yet\n`);
  return 2;
}
