import type { BuiltinFinding, StateChange } from "../../model/builtin-check.ts";
import { identityKey } from "../fingerprint.ts";
import { dangerViolation } from "./danger-violation.ts";
import { dangers } from "./policies.ts";
import { sourceName } from "./source-name.ts";

/** Finds suspended Flux objects whose manifests the change touches: the change has no effect until they are resumed. */
export function suspendedSources({ changes, after }: StateChange): readonly BuiltinFinding[] {
  const touched = new Map<string, Set<string>>();
  for (const change of changes) {
    if (change.kind === "unchanged" || (change.kind === "moved" && change.equal)) continue;
    const { source, identity } = change.kind === "deleted" ? change.before : change.after;
    if (source === undefined) continue;
    const objects = touched.get(source) ?? new Set();
    // Count one object in several environments once.
    touched.set(source, objects.add(identityKey(identity)));
  }
  return [...touched].flatMap(([id, { size }]): readonly BuiltinFinding[] => {
    const source = after.sources.get(id);
    if (source?.traits?.suspended !== true) return [];
    const objects = size === 1 ? "1 object" : `${size} objects`;
    const message = `${sourceName(id)} is suspended: this change to ${objects} has no effect until it is resumed`;
    return [
      {
        about: "source",
        source,
        violation: dangerViolation({ policy: dangers.suspended, level: "warn", message, reads: sourceName(id) }),
      },
    ];
  });
}
