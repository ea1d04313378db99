import { inert } from "../inert-text.ts";
import type { Coverage, CoverageOfFile } from "./test-run.ts";

/**
 * Coverage in the format of lcov's tracefiles (`man geninfo`): a record for each file, with its bodies of rules as
 * functions. Paths are as given, relative to the working directory.
 */
export function lcovCoverage({ files }: Coverage): string {
  return files.flatMap(recordOf).join("");
}

function recordOf({ path, lines, rules }: CoverageOfFile): readonly string[] {
  const functions = rules.map(({ name, line, hits }) => ({ line, hits, name: nameOf(name, line, rules) }));
  return [
    "TN:",
    `SF:${inert(path)}`,
    ...functions.map(({ name, line }) => `FN:${line},${name}`),
    ...functions.map(({ name, hits }) => `FNDA:${hits},${name}`),
    `FNF:${functions.length}`,
    `FNH:${functions.filter(({ hits }) => hits > 0).length}`,
    ...lines.map(({ line, hits }) => `DA:${line},${hits}`),
    `LF:${lines.length}`,
    `LH:${lines.filter(({ hits }) => hits > 0).length}`,
    "end_of_record",
  ].map((line) => `${line}\n`);
}

/** Names of functions are unique in a record; a rule of several bodies has one for each. */
function nameOf(name: string, line: number, rules: CoverageOfFile["rules"]): string {
  return rules.filter((one) => one.name === name).length === 1 ? inert(name) : `${inert(name)} (line ${line})`;
}
