import { CONFIG_FILE, MISNAMED_CONFIG_FILE } from "../../config/config-file.ts";
import { readConfig } from "../../config/read-config.ts";
import { CODE_OWNERS } from "../../gate/code-owners.ts";
import type { Place } from "../../github/pulls.ts";
import type { RepositoryClient } from "../../github/repository-client.ts";
import type { Config } from "../../model/config.ts";
import { unlessRefused } from "../approvals/people-facts.ts";
import { within } from "../rules/rules-change.ts";

/** The calls that `touchedRules` makes. */
export type TouchedRulesCalls = Pick<RepositoryClient, "readChangedFiles" | "readFile">;

/**
 * Why a head that was not judged cannot be let through: it changes rules, which would outlast the incident, or GitHub does not
 * tell whether it does. Undefined: it changes none. Rejects where GitHub does not answer.
 */
export async function touchedRules(
  github: TouchedRulesCalls,
  place: Place,
  { number, head }: { readonly number: number; readonly head: string },
): Promise<string | undefined> {
  const changed = await unlessRefused(github.readChangedFiles(place, number), undefined);
  if (changed?.head !== head || changed.paths === undefined)
    return "it could not be judged, and GitHub does not list all files that it changes, so that it may change rules";
  const text = await unlessRefused(github.readFile(place, CONFIG_FILE), undefined);
  const read = text === undefined ? undefined : readConfig(CONFIG_FILE, text);
  if (read === undefined || read.problems.length > 0)
    return `it could not be judged, and ${CONFIG_FILE} of the default branch cannot be read, so that it may change rules`;
  const roots = rootsOf(read.config);
  const touched = changed.paths.find((path) => path.endsWith(".rego") || within(path, roots));
  return touched === undefined ? undefined : `it could not be judged, and changes rules: ${touched}`;
}

function rootsOf({ policies, combine, data, documents, waivers, signatures }: Config): readonly string[] {
  return [
    CONFIG_FILE,
    MISNAMED_CONFIG_FILE,
    ...CODE_OWNERS,
    // Policies are looked for here where the configuration names none.
    "policies",
    "policy",
    ...policies,
    ...combine,
    ...data,
    ...documents.flatMap((entry) => [...entry.policies, ...entry.data]),
    ...waivers.files,
    ...signatures.flatMap(({ cosign }) => (cosign && "trustedRoot" in cosign ? [cosign.trustedRoot] : [])),
  ];
}
