import { CONFIG_FILE } from "../../config/config-file.ts";
import { readConfig } from "../../config/read-config.ts";
import { allMatch, isGated } from "../../gate/gated-branches.ts";
import type { Ruleset } from "../../github/branch-rules.ts";
import type { Place } from "../../github/pulls.ts";
import type { RepositoryClient } from "../../github/repository-client.ts";
import type { Config } from "../../model/config.ts";
import type { Diagnosis } from "../../model/diagnosis.ts";
import { checkName } from "../publish/check-name.ts";
import type { Clinic, InstalledRepository } from "./clinic.ts";
import { attempt, failure, ok, unknown, warning, type Reading } from "./diagnosis.ts";
import { examineBranch } from "./examine-branch.ts";
import { webUrl } from "./web-url.ts";

/** What was found out about a repository. */
export type RepositoryExamination =
  | { readonly kind: "not enrolled" }
  | {
      readonly kind: "examined";
      readonly diagnoses: readonly Diagnosis[];
      /** How many rulesets require the check without GitHub's telling who may bypass them. */
      readonly hidden: number;
    };

/** Reads a repository's configuration and the rules of its gated branches. */
export async function examineRepository(
  clinic: Clinic,
  repository: InstalledRepository,
): Promise<RepositoryExamination> {
  const place = { owner: repository.owner, repo: repository.name };
  const access = await attempt(clinic.clients.access(repository.installation.id, repository.id));
  if (access.kind === "unread") return unread(`no token for it: ${access.why}`);
  const { github } = access.value;
  const text = await attempt(github.readFile(place, CONFIG_FILE));
  if (text.kind === "unread") return unread(`${CONFIG_FILE} cannot be read: ${text.why}`);
  if (text.value === undefined) return { kind: "not enrolled" };
  const { config, problems } = readConfig(CONFIG_FILE, text.value);
  const [problem] = problems;
  if (problem !== undefined)
    return {
      kind: "examined",
      diagnoses: [
        failure(
          "repository/configuration",
          `${CONFIG_FILE}:${problem.line ?? 1}: ${problem.message}`,
          `correct it on ${repository.defaultBranch}: until then the last rules that compiled stay in force`,
        ),
      ],
      hidden: 0,
    };
  const gated = await gatedBranches(github, place, config.branches, repository.defaultBranch);
  if (gated.kind === "unread") return unread(`its branches cannot be listed: ${gated.why}`);
  const { branches, unmatched } = gated;
  const shown = branches.length > MOST_BRANCHES ? `${branches.length} branches` : branches.join(", ");
  const examined: Diagnosis[] = [
    config.mode === "report"
      ? warning(
          "repository/report-only",
          `enrolled, and only reports: every check is green. Gates ${shown}`,
          `take "mode: report" out of ${CONFIG_FILE} to have it block`,
        )
      : ok("repository/enrolled", `enrolled, gates ${shown}`),
    ...config.extends.map((written) =>
      unknown(
        "repository/extends",
        `extends ${written}, which is not read here: it may gate more branches, or only report`,
        "see the branches and the mode there",
      ),
    ),
    ...unmatched.map((entry) =>
      warning(
        "repository/no-branch",
        `branches: no branch matches "${entry}"`,
        `correct it in ${CONFIG_FILE}, or create the branch`,
      ),
    ),
    ...(branches.length > MOST_BRANCHES
      ? [
          unknown(
            "repository/many-branches",
            `only the first ${MOST_BRANCHES} of its gated branches are examined`,
            "let one ruleset require the checks of all of them by patterns of branches",
          ),
        ]
      : []),
  ];
  const rulesets = new Set<number>();
  for (const branch of branches.slice(0, MOST_BRANCHES)) {
    const one = await examineGatedBranch(clinic, github, repository, config, branch);
    examined.push(...one.diagnoses);
    for (const id of one.rulesets) rulesets.add(id);
  }
  const bypass = await examineBypass(github, place, [...rulesets]);
  return { kind: "examined", diagnoses: [...examined, ...bypass.diagnoses], hidden: bypass.hidden };
}

function unread(found: string): RepositoryExamination {
  return { kind: "examined", diagnoses: [unknown("repository/unread", found)], hidden: 0 };
}

/** Each takes two requests. */
const MOST_BRANCHES = 20;

/** The gated branches that are there, the default branch first, and the entries of `branches:` that match none. */
async function gatedBranches(
  github: Pick<RepositoryClient, "readBranchNames">,
  place: Place,
  entries: Config["branches"],
  defaultBranch: string,
): Promise<
  | { readonly kind: "branches"; readonly branches: readonly string[]; readonly unmatched: readonly string[] }
  | Extract<Reading<never>, { readonly kind: "unread" }>
> {
  if (allMatch(entries, [defaultBranch])) return { kind: "branches", branches: [defaultBranch], unmatched: [] };
  const names = await attempt(github.readBranchNames(place));
  if (names.kind === "unread") return names;
  const others = names.value.filter((name) => name !== defaultBranch && isGated(name, defaultBranch, entries));
  return {
    kind: "branches",
    branches: [defaultBranch, ...others],
    unmatched: entries.filter((entry) => !allMatch([entry], names.value)).map(({ branch }) => branch),
  };
}

async function examineGatedBranch(
  { settings }: Clinic,
  github: RepositoryClient,
  repository: InstalledRepository,
  config: Config,
  branch: string,
): Promise<{ readonly diagnoses: readonly Diagnosis[]; readonly rulesets: readonly number[] }> {
  const place = { owner: repository.owner, repo: repository.name };
  const check = checkName(branch, repository.defaultBranch, config.branches);
  const [rules, protection] = await Promise.all([
    attempt(github.readBranchRules(place, branch)),
    attempt(github.readBranchProtection(place, branch)),
  ]);
  const failed = [rules, protection].find((one) => one.kind === "unread");
  if (rules.kind === "unread" || protection.kind === "unread") {
    const why = failed?.kind === "unread" ? failed.why : "";
    const found = `${branch}: its rules cannot be read: ${why}`;
    return { diagnoses: [unknown("branch/unread", found)], rulesets: [] };
  }
  const { permissions, events } = repository.installation;
  const diagnoses = examineBranch({
    branch,
    rulesUrl: `${webUrl(settings.apiUrl)}/${place.owner}/${place.repo}/settings/rules`,
    check,
    appId: settings.appId,
    rules: rules.value,
    ...(protection.value === undefined ? {} : { protection: protection.value }),
    reportOnly: config.mode === "report",
    hearsMergeGroups: permissions["merge_queues"] !== undefined && events.includes("merge_group"),
  });
  const requiring = rules.value.checks.filter(({ name }) => name === check);
  return { diagnoses, rulesets: requiring.flatMap(({ ruleset }) => (ruleset === undefined ? [] : [ruleset])) };
}

/** Who may bypass the rulesets that require the check. */
async function examineBypass(
  github: Pick<RepositoryClient, "readRuleset">,
  place: Place,
  ids: readonly number[],
): Promise<{ readonly diagnoses: readonly Diagnosis[]; readonly hidden: number }> {
  const readings = await Promise.all(ids.map((id) => attempt(github.readRuleset(place, id))));
  const diagnoses = readings.flatMap((reading) => (reading.kind === "unread" ? [] : bypassOf(reading.value)));
  return { diagnoses, hidden: readings.filter(isHidden).length };
}

function isHidden(reading: Reading<Ruleset>): boolean {
  return reading.kind === "unread" || reading.value.bypass === undefined;
}

function bypassOf({ name, bypass, bypassedByApp }: Ruleset): readonly Diagnosis[] {
  return [
    ...(bypass !== undefined && bypass.length > 0
      ? [
          warning(
            "repository/bypass",
            `the ruleset "${name}" can be bypassed by ${bypass.join(", ")}`,
            "leave in its bypass list only those who need it",
          ),
        ]
      : []),
    ...(bypassedByApp === true
      ? [
          warning(
            "repository/bypassed-by-app",
            `the ruleset "${name}" can be bypassed by this App, which never needs to`,
            "take the App out of its bypass list",
          ),
        ]
      : []),
  ];
}
