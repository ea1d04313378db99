import type { Installation } from "../../github/app-calls.ts";
import { failureOf } from "../../github/failure.ts";
import type { Repository } from "../../store/repositories.ts";
import {
  becomeAvailable,
  becomeUnavailable,
  forgetRepositories,
  type BecomeAvailableServices,
  type BecomeUnavailableServices,
  type ForgetServices,
} from "../unavailable.ts";
import { enqueueIfIdle, type Services, type UsesGitHub, type UsesStore } from "../services.ts";
import { lacksOf } from "../doctor/registration.ts";
import { archived } from "../jobs/archived.ts";
import { countDifferences, type Differences } from "./differences.ts";
import { compareListed } from "./listed.ts";
import type { PartOutcome, Stretch } from "./part.ts";
import { reconcilePulls, type PullsCalls, type PullsServices } from "./pulls.ts";

/** What `reconcileRepositories` needs. */
export type RepositoriesServices = PullsServices &
  BecomeAvailableServices &
  BecomeUnavailableServices &
  ForgetServices &
  UsesStore<
    | "findRepository"
    | "listAbandonedSubjects"
    | "listEnrolledRepositories"
    | "listRepositories"
    | "listUnseenRepositories"
    | "recordListed"
    | "recordPosition"
  > &
  UsesGitHub<keyof PullsCalls> & {
    readonly clients: Pick<Services["clients"], "asApp" | "readRepositories" | "usedUp">;
    readonly log: Pick<Services["log"], "debug" | "info" | "warn">;
  };

/** Where the comparison of installations and repositories goes on. */
export interface RepositoriesPosition {
  readonly differences: Differences;
  /** The installations whose repositories were compared, and those whose list could not be read. */
  readonly compared: readonly number[];
  readonly unread: readonly number[];
  /** The id of the last repository whose pull requests were compared; absent until all installations are. */
  readonly after?: number;
}

const BEGINNING: RepositoriesPosition = { differences: {}, compared: [], unread: [] };

/** Where an installation has no more room within GitHub's limits than urgent work may need. */
const SECONDS_UNTIL_ROOM = 60;

/**
 * Compares the installations, their repositories, and the open pull requests of the enrolled ones with what is stored:
 * first every installation, then every repository by its id.
 */
export async function reconcileRepositories(
  services: RepositoriesServices,
  stretch: Stretch,
): Promise<PartOutcome<RepositoriesPosition>> {
  const begun = (stretch.leased.position as RepositoriesPosition | undefined) ?? BEGINNING;
  const listed = begun.after === undefined ? await reconcileInstallations(services, stretch, begun) : begun;
  return "kind" in listed ? listed : reconcileOpenPulls(services, stretch, listed);
}

type Later = Extract<PartOutcome<RepositoriesPosition>, { readonly kind: "later" }>;

async function reconcileInstallations(
  services: RepositoriesServices,
  { leased, pace, isOver }: Stretch,
  begun: RepositoriesPosition,
): Promise<RepositoriesPosition | Later> {
  const app = await services.clients.asApp();
  const installations = await app.readInstallations();
  const since = leased.lastStartedAt === undefined ? 0 : Date.parse(leased.lastStartedAt);
  const differences = countDifferences(begun.differences);
  const compared = [...begun.compared];
  const unread = [...begun.unread];
  for (const installation of installations) {
    if (compared.includes(installation.id)) continue;
    const position = { differences: differences.found, compared, unread };
    if (isOver()) return { kind: "later", seconds: 1, position };
    await pace();
    const read = await reconcileInstallation(services, installation, since, differences.add);
    if (!read) unread.push(installation.id);
    compared.push(installation.id);
    await services.store.recordPosition(leased, position);
  }
  await forgetUnlisted(services, leased.startedAt, installations, unread, differences.add);
  for (const subject of await services.store.listAbandonedSubjects()) {
    differences.add("run left in progress");
    await enqueueIfIdle(services, subject);
  }
  const done = { differences: differences.found, compared, unread, after: 0 };
  await services.store.recordPosition(leased, done);
  return done;
}

type Add = ReturnType<typeof countDifferences>["add"];

/** Compares one installation and its repositories. Returns whether its list could be read. */
async function reconcileInstallation(
  services: RepositoriesServices,
  installation: Installation,
  since: number,
  add: Add,
): Promise<boolean> {
  const { id, account } = installation;
  const whole = { kind: "installation", installation: id } as const;
  if (installation.suspended) {
    await becomeUnavailable(services, whole, { reason: "suspended", message: "the installation is suspended" });
    return false;
  }
  const lacking = lacksOf(installation.permissions, installation.events).map(({ what }) => what);
  if (lacking.length === 0) await becomeAvailable(services, whole);
  if (lacking.length > 0) {
    add("permissions lacking");
    services.log.warn({ installation: id, account, lacking }, "an installation lacks permissions that the App needs");
  }
  const listing = await services.clients.readRepositories(id).catch((error: unknown) => {
    const failure = failureOf(error);
    // It was suspended or deleted a moment ago, which the next comparison sees.
    if (failure === undefined || failure.kind === "limited" || failure.kind === "transient") throw error;
    return undefined;
  });
  if (listing === undefined) return false;
  for (const listed of listing) {
    const known = await services.store.findRepository(listed.id);
    const found = compareListed(known, listed, id, since);
    for (const kind of found) add(kind);
    const { owner, name, defaultBranch } = listed;
    const repository = { id: listed.id, owner, name };
    if (known !== undefined) {
      await services.store.recordListed({ ...repository, installation: id, defaultBranch });
      const scope = { kind: "repository", installation: id, repository: listed.id } as const;
      if (listed.archived) await becomeUnavailable(services, scope, archived());
      else await becomeAvailable(services, scope);
    }
    if (found.length > 0) await enqueueIfIdle(services, { kind: "rules", installation: id, repository });
  }
  return true;
}

/** Forgets the repositories that no installation lists, unless the list of theirs could not be read. */
async function forgetUnlisted(
  services: RepositoriesServices,
  startedAt: string,
  installations: readonly Installation[],
  unread: readonly number[],
  add: Add,
): Promise<void> {
  const gone = (await services.store.listUnseenRepositories(startedAt)).filter(
    ({ installation }) => !unread.includes(installation),
  );
  const exists = new Set(installations.map(({ id }) => id));
  add("installation gone", new Set(gone.map((row) => row.installation).filter((id) => !exists.has(id))).size);
  add("repository gone", gone.length);
  for (const { installation, id } of gone) await forgetRepositories(services, installation, [id]);
}

async function reconcileOpenPulls(
  services: RepositoriesServices,
  { leased, pace, isOver }: Stretch,
  position: RepositoriesPosition,
): Promise<PartOutcome<RepositoriesPosition>> {
  const { after = 0, unread } = position;
  const differences = countDifferences(position.differences);
  let last = after;
  const here = (): RepositoriesPosition => ({ ...position, differences: differences.found, after: last });
  for (const repository of await services.store.listEnrolledRepositories()) {
    if (repository.id <= after || unread.includes(repository.installation)) continue;
    if (isOver()) return { kind: "later", seconds: 1, position: here() };
    const { all, background } = services.clients.usedUp();
    if ([...all, ...background].includes(repository.installation))
      return { kind: "later", seconds: SECONDS_UNTIL_ROOM, position: here() };
    await pace();
    await reconcileRepository(services, repository, pace, differences.add);
    last = repository.id;
    await services.store.recordPosition(leased, here());
  }
  return { kind: "done", differences: differences.found };
}

async function reconcileRepository(
  services: RepositoriesServices,
  repository: Repository,
  pace: () => Promise<void>,
  onDifference: Add,
): Promise<void> {
  try {
    const { github } = await services.clients.access(repository.installation, repository.id);
    await reconcilePulls(services, github, repository, { every: true, pace, onDifference });
  } catch (error) {
    const failure = failureOf(error);
    if (failure === undefined || failure.kind === "limited" || failure.kind === "transient") throw error;
    services.log.warn(
      { repository: `${repository.owner}/${repository.name}`, failure },
      "the pull requests of a repository could not be compared with GitHub",
    );
  }
}
