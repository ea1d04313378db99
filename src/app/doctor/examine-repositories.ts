import type { Diagnosis, DiagnosisGroup } from "../../model/diagnosis.ts";
import type { Clinic, InstalledRepository } from "./clinic.ts";
import { failure, ok, unknown, warning } from "./diagnosis.ts";
import { examineRepository, type RepositoryExamination } from "./examine-repository.ts";

const AREA = "repositories";

/** Each takes several requests of the quota that the server lives on; more are examined if they are named. */
const MOST_EXAMINED = 300;
const AT_ONCE = 4;
const MOST_NAMED = 8;

/**
 * Examines the repositories that are named (`owner/name`), or all that the App is installed on: one group for each that is
 * enrolled, and one for all others.
 */
export async function* examineRepositories(clinic: Clinic, named: readonly string[]): AsyncGenerator<DiagnosisGroup> {
  const listing = await clinic.repositories();
  if (listing.kind === "unread")
    return yield group([unknown("repositories/unread", `they cannot be listed: ${listing.why}`)]);
  const { repositories, unread } = listing.value;
  const all = new Map(repositories.map((repository) => [nameOf(repository).toLowerCase(), repository]));
  const chosen =
    named.length === 0
      ? repositories.filter(({ archived }) => !archived)
      : named.flatMap((name) => all.get(name.toLowerCase()) ?? []);
  const examined = chosen.slice(0, MOST_EXAMINED);
  const strangers: string[] = [];
  let hidden = 0;
  for (let at = 0; at < examined.length; at += AT_ONCE) {
    const batch = examined.slice(at, at + AT_ONCE);
    const results = await Promise.all(batch.map((repository) => examineRepository(clinic, repository)));
    for (const [index, result] of results.entries()) {
      const repository = batch[index];
      if (repository === undefined) continue;
      if (result.kind === "not enrolled") strangers.push(nameOf(repository));
      else {
        hidden += result.hidden;
        yield groupOf(repository, result);
      }
    }
  }
  const absent = named.filter((name) => !all.has(name.toLowerCase()));
  const rest: readonly Diagnosis[] = [
    ...absent.map((name) =>
      failure(
        "repositories/not-installed",
        `the App is not installed on ${name}, or there is no such repository`,
        "install it: App settings → Install App → Configure",
      ),
    ),
    ...unread.map(({ account, why }) =>
      unknown("repositories/unread", `the repositories of ${account} cannot be listed: ${why}`),
    ),
    ...notEnrolled(strangers, named.length > 0),
    ...(chosen.length > examined.length
      ? [
          unknown(
            "repositories/too-many",
            `${chosen.length - examined.length} more repositories were not examined`,
            "name those that matter: portcullis doctor OWNER/NAME…",
          ),
        ]
      : []),
    ...(hidden > 0
      ? [
          unknown(
            "repositories/bypass",
            `GitHub does not show the App who may bypass the ${hidden === 1 ? "ruleset that requires its check" : `${hidden} rulesets that require its checks`}`,
            "look at the bypass list in Settings → Rules → Rulesets: only those who need it",
          ),
        ]
      : []),
    ...(chosen.length === 0 && absent.length === 0 && unread.length === 0
      ? [
          warning(
            "repositories/none",
            "the App is installed on no repository",
            "App settings → Install App → Configure",
          ),
        ]
      : []),
  ];
  if (rest.length > 0) yield group(rest);
}

function notEnrolled(names: readonly string[], asked: boolean): readonly Diagnosis[] {
  if (names.length === 0) return [];
  const shown = names.slice(0, MOST_NAMED).join(", ");
  const more = names.length > MOST_NAMED ? ` and ${names.length - MOST_NAMED} more` : "";
  const found = `not enrolled, nothing is judged there: ${shown}${more}`;
  const next = "merge a portcullis.yaml into the default branch to enroll a repository";
  return [asked ? warning("repositories/not-enrolled", found, next) : ok("repositories/not-enrolled", found, next)];
}

function group(diagnoses: readonly Diagnosis[]): DiagnosisGroup {
  return { area: AREA, title: "Repositories", diagnoses };
}

function groupOf(
  repository: InstalledRepository,
  { diagnoses }: Extract<RepositoryExamination, { readonly kind: "examined" }>,
): DiagnosisGroup {
  const name = nameOf(repository);
  return { area: AREA, title: name, repository: name, diagnoses };
}

function nameOf({ owner, name }: InstalledRepository): string {
  return `${owner}/${name}`;
}
