import type { Engine } from "../../../src/engine/judge-engine.ts";
import type { Judge } from "../../../src/model/judge.ts";
import type { Policy } from "../../../src/model/policy.ts";
import { fake } from "../../support/fakes/fake.ts";

export const now = "2027-01-15T00:00:00Z";

/** Makes judges that have policies of these ids, whatever the sources; `more` of a judge replaces the rest. */
export function judgeOfPolicies(ids: readonly string[] = ["a/b"], more: Partial<Judge> = {}): Engine["makeJudge"] {
  const policies = ids.map((id): Policy => ({ id, package: id }));
  return async () => fake<Judge>({ digest: ids.join(), policies, problems: [], fieldsRead: [], ...more });
}
