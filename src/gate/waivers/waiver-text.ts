import { dump } from "js-yaml";
import { waiverKeys, type Waiver } from "../../model/waiver.ts";

/** A waiver as an item of a file with waivers, in YAML. */
export function waiverText({ scope, match, reason, ticket, owner, expires }: Omit<Waiver, "path" | "line">): string {
  const keys = waiverKeys.flatMap((key) => {
    const patterns = match[key];
    return patterns === undefined ? [] : [[key, patterns.length === 1 ? patterns[0] : patterns] as const];
  });
  const item = {
    ...(scope.kind === "policy"
      ? { policy: scope.policy }
      : scope.kind === "gap"
        ? { gap: true }
        : { problem: scope.stage }),
    match: Object.fromEntries(keys),
    reason,
    ...(ticket === undefined ? {} : { ticket }),
    ...(owner === undefined ? {} : { owner }),
    expires,
  };
  return dump([item], { lineWidth: -1, noRefs: true });
}
