import type { BuiltinFinding, StateChange } from "../../model/builtin-check.ts";
import { dangerViolation } from "./danger-violation.ts";
import { dangers } from "./policies.ts";
import { sourceName } from "./source-name.ts";

/** Finds sources that leave judgement while what they would apply changes. */
export function unjudged(change: StateChange): readonly BuiltinFinding[] {
  return change.unjudged.map(({ source, file, reason }) => ({
    about: "source",
    source,
    violation: dangerViolation({
      policy: dangers.unjudged,
      level: "deny",
      message: `${sourceName(source.id)} is removed while ${file}, which it reads, changes, and what it would make of that is not judged: ${reason}`,
      reads: sourceName(source.id),
    }),
  }));
}
