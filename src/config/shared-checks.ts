import type { ConfigError } from "./config-error.ts";
import type { WrittenConfig } from "./fill-config.ts";

/**
 * Errors for names of checks that two branches could have. A check belongs to a commit, so what passed against one of
 * them would count for the other wherever both have the same head.
 */
export function sharedChecks(entries: NonNullable<WrittenConfig["branches"]>): readonly ConfigError[] {
  const named = entries.map((entry) => (typeof entry === "string" ? undefined : entry));
  return named.flatMap((entry, index): readonly ConfigError[] => {
    if (entry === undefined) return [];
    const error = (key: "branch" | "check", message: string): readonly ConfigError[] => [
      { pointer: `/branches/${index}/${key}`, message: `"${key}": ${message}` },
    ];
    if (/^portcullis(?:$|:)/i.test(entry.check)) {
      const whose = "`portcullis` is the check of the default branch, and `portcullis: BRANCH` that of BRANCH";
      return error("check", `expected a name that no other branch can have: ${whose}`);
    }
    const earlier = named.slice(0, index);
    const same = earlier.find((other) => other?.check.toLowerCase() === entry.check.toLowerCase());
    if (same !== undefined)
      return error("check", `"${same.branch}" has this check too: what passed against one would count for the other`);
    if (earlier.some((other) => other?.branch === entry.branch))
      return error("branch", `"${entry.branch}" has a check already; expected one entry for it`);
    return [];
  });
}
