import type { BuiltinCheck } from "../../model/builtin-check.ts";
import type { Config } from "../../model/config.ts";
import { deletions } from "./deletion.ts";
import { guardrails } from "./guardrail.ts";
import { immutableFields } from "./immutable-field.ts";
import { dangers } from "./policies.ts";
import { prunes } from "./prune.ts";
import { suspendedSources } from "./suspended.ts";
import { twoOwners } from "./two-owners.ts";
import { unjudged } from "./unjudged.ts";

/** Makes the builtin check for dangers of a change: the policies `changes/…`. */
export function createDangers(config: Config): BuiltinCheck {
  return {
    policies: Object.values(dangers),
    // Nothing is cached: it has only checks of changes and states.
    digest: "dangers",
    ofChange: (change) => [
      ...deletions(change),
      ...guardrails(change),
      ...immutableFields(change, config),
      ...prunes(change),
      ...suspendedSources(change),
      ...unjudged(change),
    ],
    ofState: twoOwners,
  };
}
