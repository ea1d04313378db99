import type { VersionMatcher } from "../model/remotes.ts";
import type { ModulePool } from "./module-pool.ts";

interface Answer {
  readonly matching?: readonly number[];
  readonly failure?: { readonly message: string };
}

/** Ranges of versions as Helm's own library reads them. */
export function versionMatcher(pool: ModulePool): VersionMatcher {
  return {
    async matching(range, versions) {
      const outcome = await pool.ask<Answer>("versions", { constraint: range, versions });
      if (outcome.kind !== "answered") return { kind: "failed", message: outcome.message };
      const { failure, matching } = outcome.answer;
      return failure === undefined
        ? { kind: "matching", indexes: matching ?? [] }
        : { kind: "invalid", message: failure.message };
    },
  };
}
