import { createHash } from "node:crypto";
import { readFrameworks } from "../config/read-frameworks.ts";
import { ALL } from "../config/profiles.ts";
import { complianceOf } from "../gate/compliance.ts";
import type { Compliance, Framework } from "../model/compliance.ts";
import { csvCompliance } from "../report/compliance/csv-compliance.ts";
import { jsonCompliance } from "../report/compliance/json-compliance.ts";
import { oscalCompliance } from "../report/compliance/oscal-compliance.ts";
import { textCompliance } from "../report/compliance/text-compliance.ts";
import { libraryTree } from "../tree/library-tree.ts";
import { checkCommand, type CheckOptions, type ShowJudgement } from "./check-command.ts";
import { shownReport } from "./shown-paths.ts";
import { UsageError } from "./usage-error.ts";

/** The options of `portcullis compliance`. */
export interface ComplianceOptions extends Omit<CheckOptions, "output" | "outputFile" | "failOn"> {
  readonly output: "text" | "csv" | "json" | "oscal";
  readonly framework?: readonly string[];
  /** Belong to `--history`, and are refused without it. */
  readonly repository?: string;
  readonly branch?: string;
  readonly since?: string;
}

/**
 * Runs `portcullis compliance`: judges as `check` does, by the configured policies and all that ship, and writes what that
 * shows of each control. Returns the exit code: 1 if a control is not satisfied, 2 if something could not be judged.
 */
export async function complianceCommand(named: readonly string[], options: ComplianceOptions): Promise<number> {
  for (const name of ["repository", "branch", "since"] as const) {
    if (options[name] !== undefined) throw new UsageError(`--${name}: expected --history with it`);
  }
  const frameworks = chosen(await readFrameworks(libraryTree()), options.framework);
  const { output, framework: _, ...others } = options;
  const show: ShowJudgement = async ({ report, subject, ...by }) => {
    const compliance = complianceOf(frameworks, { ...by, report: shownReport(report, subject.shown) });
    process.stdout.write(textOf(compliance, output));
    for (const problem of report.problems)
      process.stderr.write(`portcullis: ${problem.path === undefined ? "" : `${problem.path}: `}${problem.message}\n`);
    if (report.problems.some(({ waiver }) => waiver === undefined)) return 2;
    return compliance.results.some(({ status }) => status === "not-satisfied") ? 1 : 0;
  };
  return checkCommand(named, { ...others, also: [ALL], failOn: "deny" }, { show });
}

function chosen(all: readonly Framework[], named: readonly string[] | undefined): readonly Framework[] {
  const ids = all.map(({ id }) => id);
  for (const name of named ?? []) {
    if (!ids.includes(name)) throw new UsageError(`--framework ${name}: expected one of ${ids.join(", ")}`);
  }
  return named === undefined ? all : all.filter(({ id }) => named.includes(id));
}

function textOf(compliance: Compliance, output: ComplianceOptions["output"]): string {
  switch (output) {
    case "text":
      return textCompliance(compliance);
    case "csv":
      return csvCompliance(compliance);
    case "json":
      return jsonCompliance(compliance);
    case "oscal":
      return oscalCompliance(compliance, uuidOf);
    default:
      return output satisfies never;
  }
}

/** A version 5 UUID (RFC 9562) of a name in Portcullis' own namespace. */
function uuidOf(name: string): string {
  const hex = createHash("sha1").update(`portcullis compliance ${name}`).digest("hex");
  const variant = ((parseInt(hex.slice(16, 18), 16) & 0x3f) | 0x80).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-${variant}${hex.slice(18, 20)}-${hex.slice(20, 32)}`;
}
