import type { Report } from "../../model/report.ts";
import { emptyTally } from "../../model/tally.ts";
import type { ConftestSettings } from "./settings.ts";

/**
 * The exit code of `conftest test`: 1 for a failure; with `--fail-on-warn` 2 for a failure and 1 for warnings alone; 0 for
 * either with `--no-fail`. What could not be judged is 1 in any case.
 */
export function conftestExitCode(
  { tally = emptyTally, problems }: Pick<Report, "tally" | "problems">,
  { failOnWarn, noFail }: Pick<ConftestSettings, "failOnWarn" | "noFail">,
): number {
  if (problems.length > 0) return 1;
  if (noFail) return 0;
  if (tally.failures > 0) return failOnWarn ? 2 : 1;
  return failOnWarn && tally.warnings > 0 ? 1 : 0;
}
