/** Commands that are promised and not there yet. They are not in `--help`, and using one is never a pass. */
export const notYet: ReadonlySet<string> = new Set(["lint", "explain", "new", "compile", "doctor"]);

export function notAvailable(command: string): 2 {
  process.stderr.write(`portcullis ${command}: not available yet\n`);
  return 2;
}
