import type { UnavailableReason, UnavailableScope } from "../store/unavailable.ts";
import { enqueueIfIdle, type EnqueueIfIdleServices, type Services, type UsesStore } from "./services.ts";

/** What `becomeUnavailable` needs. */
export type BecomeUnavailableServices = UsesStore<"recordUnavailable"> & {
  readonly log: Pick<Services["log"], "debug" | "warn">;
};

const WAITS = "it is tried again after growing pauses";

const BEGINS: { readonly [what in ReturnType<typeof whatOf>]: string } = {
  installation: `an installation is unavailable, and its work waits: ${WAITS}`,
  repository: `a repository is unavailable, and its work waits: ${WAITS}`,
  rules: `the rules of a repository could not be read: ${WAITS}`,
  head: `a head could not be judged: ${WAITS}`,
};

const ENDS: { readonly [what in ReturnType<typeof whatOf>]: string } = {
  installation: "an installation is available again",
  repository: "a repository is available again",
  rules: "the rules of a repository were read again",
  head: "a head that could not be judged was judged",
};

function whatOf(scope: UnavailableScope): "installation" | "repository" | "rules" | "head" {
  if (scope.kind !== "work") return scope.kind;
  return scope.work.startsWith("rules:") ? "rules" : "head";
}

/**
 * Stores that an installation, a repository or a head is unavailable; until the pause is over, no work on it starts. The
 * log says it when that begins. Returns the seconds until the next attempt.
 */
export async function becomeUnavailable(
  services: BecomeUnavailableServices,
  scope: UnavailableScope,
  why: { readonly reason: UnavailableReason; readonly message: string },
): Promise<number> {
  const { began, seconds } = await services.store.recordUnavailable(scope, why);
  const { kind: _, ...about } = scope;
  if (began) services.log.warn({ ...about, reason: why.reason, cause: why.message }, BEGINS[whatOf(scope)]);
  else services.log.debug({ ...about, reason: why.reason, cause: why.message, seconds }, "still unavailable");
  return seconds;
}

/** What `tryAgain` needs. */
export type TryAgainServices = EnqueueIfIdleServices & UsesStore<"listEnrolledRepositories" | "wakeWork">;

/** What `becomeAvailable` needs. */
export type BecomeAvailableServices = TryAgainServices &
  UsesStore<"deleteUnavailable"> & { readonly log: Pick<Services["log"], "info"> };

/**
 * Ends the state of an installation, a repository or a head, if there is one, and says so in the log. The work that
 * waited is called, and of an installation or repository the open pull requests are compared with what was judged.
 */
export async function becomeAvailable(services: BecomeAvailableServices, scope: UnavailableScope): Promise<void> {
  const ended = await services.store.deleteUnavailable(scope);
  if (ended === undefined) return;
  const { kind: _, ...about } = scope;
  services.log.info({ ...about, ...ended }, ENDS[whatOf(scope)]);
  if (scope.kind !== "work") await tryAgain(services, scope);
}

/**
 * Has all that waits in an installation or a repository tried at once, and its open pull requests compared with what was
 * judged.
 */
export async function tryAgain(
  services: TryAgainServices,
  scope: Extract<UnavailableScope, { readonly kind: "installation" | "repository" }>,
): Promise<void> {
  await services.store.wakeWork(scope);
  services.queue.wake();
  for (const { id, owner, name, installation } of await services.store.listEnrolledRepositories()) {
    if (installation !== scope.installation || (scope.kind === "repository" && id !== scope.repository)) continue;
    await enqueueIfIdle(services, { kind: "rules", installation, repository: { id, owner, name } });
  }
}

/** What `forgetRepositories` and `forgetInstallation` need. */
export type ForgetServices = UsesStore<"deleteInstallation" | "deleteRepositories"> & {
  readonly log: Pick<Services["log"], "info">;
};

/**
 * Deletes all that is stored about repositories that the App has no access to any more. Their mirrors are deleted by
 * `deleteMirrors`.
 */
export async function forgetRepositories(
  services: ForgetServices,
  installation: number,
  repositories: readonly number[],
): Promise<void> {
  if (repositories.length === 0) return;
  await services.store.deleteRepositories(installation, repositories);
  services.log.info({ installation, repositories }, "repositories are forgotten: the App has no access to them");
}

/** Deletes all that is stored about an installation that does not exist any more. */
export async function forgetInstallation(services: ForgetServices, installation: number): Promise<void> {
  await services.store.deleteInstallation(installation);
  services.log.info({ installation }, "an installation is forgotten: the App was uninstalled");
}

/** Deletes the mirrors of repositories that are forgotten. Each replica has mirrors of its own. */
export async function deleteMirrors(
  services: UsesStore<"listRepositoryIds"> & { readonly mirrors: Pick<Services["mirrors"], "keepOnly"> },
): Promise<void> {
  await services.mirrors.keepOnly(new Set(await services.store.listRepositoryIds()));
}

/** What `forgetLongGone` needs. */
export type ForgetLongGoneServices = ForgetServices & UsesStore<"listLongGone">;

/** Long enough that no outage of GitHub deletes what is stored. */
const SECONDS_UNTIL_FORGOTTEN = 24 * 3_600;

/** Forgets what has been gone for a day, where the webhook that says so was lost. */
export async function forgetLongGone(services: ForgetLongGoneServices): Promise<void> {
  for (const { installation, repository } of await services.store.listLongGone(SECONDS_UNTIL_FORGOTTEN)) {
    if (repository === undefined) await forgetInstallation(services, installation);
    else await forgetRepositories(services, installation, [repository]);
  }
}
