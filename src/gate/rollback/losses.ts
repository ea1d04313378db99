import type { BuiltinFinding, StateChange } from "../../model/builtin-check.ts";
import type { Config } from "../../model/config.ts";
import type { Manifest } from "../../model/manifest.ts";
import type { Loss } from "../../model/rollback.ts";
import { deletions } from "../dangers/deletion.ts";
import { immutableFields } from "../dangers/immutable-field.ts";
import { prunes } from "../dangers/prune.ts";
import type { EnvironmentName } from "./environment-states.ts";
import { lostVersions } from "./lost-versions.ts";
import { newAndEmpty } from "./new-and-empty.ts";
import { objectName } from "./object-name.ts";
import { foreignSecrets } from "./foreign-secrets.ts";
import { ranJobs } from "./ran-jobs.ts";
import { shrunkVolumes } from "./shrunk-volumes.ts";

/** A change that goes back, and what happened since the state that it goes back to. */
export interface GoingBack {
  /** From the state of now to the one of then. */
  readonly change: StateChange;
  /** The same with what it does in other environments, such as to the GitOps objects that lead to this one. */
  readonly whole: StateChange;
  readonly environment: EnvironmentName;
  /** Jobs that came or changed since then. */
  readonly jobs: readonly Manifest[];
}

/** What going back does not bring back, by what is lost: the API server's refusals first. */
export function lossesOf({ change, whole, environment, jobs }: GoingBack, config: Config): readonly Loss[] {
  const { changes, after } = change;
  const found: readonly Loss[] = [
    ...immutableFields(change, config).map((one) => told(one, one.violation.level === "deny" ? "refused" : "replaced")),
    ...changes.flatMap(lostVersions),
    ...changes.flatMap(shrunkVolumes),
    ...deletions(change)
      .filter(({ violation }) => violation.level !== "info")
      .map((one) => told(one, "deleted")),
    ...prunes(whole)
      .filter((one) => one.about === "source" && landsIn(one.source.environments, environment))
      .map((one) => told(one, "prune")),
    ...changes.flatMap(newAndEmpty),
    ...ranJobs(changes, jobs),
    ...foreignSecrets(changes, after),
  ];
  return [...new Map(found.map((loss) => [JSON.stringify(loss), loss])).values()];
}

function landsIn(environments: readonly string[], environment: EnvironmentName): boolean {
  return environment === undefined ? environments.length === 0 : environments.includes(environment);
}

function told({ about, violation, ...finding }: BuiltinFinding, kind: Loss["kind"]): Loss {
  const manifest = about === "manifest" && "manifest" in finding ? objectName(finding.manifest) : undefined;
  return { kind, ...(manifest === undefined ? {} : { manifest }), message: violation.message };
}
