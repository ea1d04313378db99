import type { Probot } from "probot";
import { workKey, type RepositoryName, type Subject } from "../../store/work.ts";
import { pullOf } from "../publish/check-run.ts";
import { RECHECK_EVENT } from "./events.ts";
import { commandIn, reasonIn } from "./commands.ts";
import { archived } from "../jobs/archived.ts";
import {
  becomeAvailable,
  becomeUnavailable,
  forgetInstallation,
  forgetRepositories,
  tryAgain,
  type BecomeAvailableServices,
  type BecomeUnavailableServices,
  type ForgetServices,
} from "../unavailable.ts";
import { enqueue, type EnqueueServices, type Services, type UsesStore } from "../services.ts";

/** What `listen` needs. */
export type IntakeServices = EnqueueServices &
  BecomeAvailableServices &
  BecomeUnavailableServices &
  ForgetServices &
  UsesStore<"findHeadsByCommit" | "findOpenOverride" | "findSubject" | "listAskedPulls" | "recordPusher"> &
  Pick<Services, "appId"> & { readonly clients: Pick<Services["clients"], "forget" | "forgetInstallation"> };

interface FromInstallation {
  readonly installation?: { readonly id: number } | undefined;
}

interface OfRepository extends FromInstallation {
  readonly repository?:
    | { readonly id: number; readonly name: string; readonly owner: { readonly login: string } | null }
    | undefined;
}

/**
 * Registers the handlers that turn webhook events into work. A webhook is only a hint that something changed: the
 * worker reads the current state itself. No handler asks GitHub for anything, so that one slow answer delays no other
 * delivery; several deliveries are handled at once, in any order.
 */
export function listen(app: Probot, services: IntakeServices): void {
  app.on(
    [
      "pull_request.opened",
      "pull_request.synchronize",
      "pull_request.reopened",
      "pull_request.ready_for_review",
      "pull_request.closed",
    ],
    async ({ payload }) => enqueueAnnounced(services, payload),
  );
  app.on("pull_request.edited", async ({ payload }) => {
    if (payload.changes?.base !== undefined) await enqueueAnnounced(services, payload);
  });
  // Which branch it is to reach has changed; the types of the payloads do not know it yet.
  app.on("pull_request", async ({ payload }) => {
    if (String(payload.action) === "stacked") await enqueueAnnounced(services, payload);
  });
  app.on("check_run.rerequested", async ({ payload }) => {
    const { check_run: run } = payload;
    if (run.app?.id !== services.appId) return;
    const pull = pullOf(run.external_id);
    await enqueueHead(services, payload, run.head_sha, pull === undefined ? [] : [pull]);
  });
  app.on("check_suite.rerequested", async ({ payload }) => {
    const { check_suite: suite } = payload;
    if (suite.app.id !== services.appId) return;
    const pulls = suite.pull_requests.map((pull) => pull.number);
    await enqueueHead(services, payload, suite.head_sha, pulls);
  });
  app.on("merge_group.checks_requested", async ({ payload }) => {
    const { head_sha: head, base_sha: base, base_ref: ref, head_ref: own } = payload.merge_group;
    const pull = /\/pr-(\d+)-[0-9a-f]+$/.exec(own)?.[1];
    await enqueueSubject(services, payload, {
      kind: "group",
      head,
      base,
      baseRef: ref.replace(/^refs\/heads\//, ""),
      ...(pull === undefined ? {} : { pull: Number(pull) }),
    });
  });
  app.on("push", async ({ payload }) => {
    if (payload.ref !== `refs/heads/${payload.repository.default_branch}` || payload.deleted) return;
    const pushedAt = timeOf(payload.repository.pushed_at);
    const updatedAt = pushedAt === undefined ? {} : { updatedAt: pushedAt };
    await enqueueSubject(services, payload, { kind: "rules", after: payload.after, ...updatedAt });
  });
  app.on("issue_comment.created", async ({ payload }) => {
    const { issue, comment } = payload;
    const command = issue.pull_request === undefined ? undefined : commandIn(comment.body);
    if (command === undefined) return;
    // GitHub knows no permission of a bot; pipelines have the event repository_dispatch.
    const by = comment.user?.type === "Bot" ? undefined : comment.user?.login;
    await enqueueSubject(services, payload, {
      kind: "command",
      command,
      number: issue.number,
      comment: comment.id,
      ...(by ? { by } : {}),
      ...(command === "override" && comment.user ? { id: comment.user.id } : {}),
      ...(command === "override" ? { reason: reasonIn(comment.body), asked: comment.created_at } : {}),
    });
  });
  app.on("issues.closed", async ({ payload }) => {
    const { repository, issue } = payload;
    if ((await services.store.findOpenOverride(repository.id, issue.number)) === undefined) return;
    await enqueueSubject(services, payload, { kind: "issue", number: issue.number });
  });
  // GitHub accepts this event only from users with write access to the repository.
  app.on("repository_dispatch", async ({ payload }) => {
    if (payload.action !== RECHECK_EVENT) return;
    const number = payload.client_payload?.["pull_request"];
    if (typeof number === "number") await enqueuePull(services, payload, number, true);
    else await enqueueSubject(services, payload, { kind: "rules" }, true);
  });
  listenToOwners(app, services);
  listenToStates(app, services);
}

/** Registers the handlers of what may change who has approved a change, or may approve one. */
function listenToOwners(app: Probot, services: IntakeServices): void {
  app.on(
    ["pull_request_review.submitted", "pull_request_review.dismissed", "pull_request_review.edited"],
    async ({ payload: { action, review, pull_request: pull, ...payload } }) => {
      // A review that only comments changes nothing.
      if (action !== "dismissed" && review.state.toLowerCase() === "commented") return;
      const reviewState = action === "dismissed" ? "dismissed" : "submitted";
      await enqueueSubject(services, payload, { kind: "pull", number: pull.number, review: review.id, reviewState });
    },
  );
  app.on(
    [
      "membership",
      "organization.member_added",
      "organization.member_removed",
      "team.edited",
      "team.deleted",
      "team.added_to_repository",
      "team.removed_from_repository",
      "member",
    ],
    async ({ payload }) => {
      const installation = payload.installation?.id;
      if (installation === undefined) return;
      for (const { repository, pull } of await services.store.listAskedPulls(installation))
        await enqueue(services, { kind: "pull", installation, repository, number: pull });
    },
  );
}

/** Registers the handlers of what makes installations and repositories unavailable, and available again. */
function listenToStates(app: Probot, services: IntakeServices): void {
  app.on(
    ["installation.created", "installation.unsuspend", "installation.new_permissions_accepted"],
    async ({ payload }) => {
      const { id } = payload.installation;
      services.clients.forgetInstallation(id);
      await becomeAvailable(services, { kind: "installation", installation: id });
      // Heads that lacked a permission have states of their own.
      await tryAgain(services, { kind: "installation", installation: id });
      await enqueueRules(services, payload.installation, payload.repositories ?? []);
    },
  );
  app.on("installation_repositories.added", async ({ payload }) => {
    for (const { id } of payload.repositories_added) await repositoryAvailable(services, payload.installation.id, id);
    await enqueueRules(services, payload.installation, payload.repositories_added);
  });
  app.on("installation.suspend", async ({ payload }) => {
    services.clients.forgetInstallation(payload.installation.id);
    await becomeUnavailable(
      services,
      { kind: "installation", installation: payload.installation.id },
      { reason: "suspended", message: "the installation was suspended" },
    );
  });
  app.on("installation.deleted", async ({ payload }) => forgetInstallation(services, payload.installation.id));
  app.on("installation_repositories.removed", async ({ payload }) => {
    const ids = payload.repositories_removed.flatMap(({ id }) => id ?? []);
    await forgetRepositories(services, payload.installation.id, ids);
  });
  app.on("repository.archived", async ({ payload }) => {
    const installation = payload.installation?.id;
    if (installation === undefined) return;
    const { reason, message } = archived();
    const scope = { kind: "repository", installation, repository: payload.repository.id } as const;
    await becomeUnavailable(services, scope, { reason, message });
  });
  app.on(["repository.unarchived", "repository.renamed", "repository.transferred"], async ({ payload }) => {
    const installation = payload.installation?.id;
    if (installation === undefined) return;
    await repositoryAvailable(services, installation, payload.repository.id);
    await enqueueSubject(services, payload, { kind: "rules" });
  });
  app.on("repository.deleted", async ({ payload }) => {
    const installation = payload.installation?.id;
    if (installation !== undefined) await forgetRepositories(services, installation, [payload.repository.id]);
  });
}

async function repositoryAvailable(services: IntakeServices, installation: number, id: number): Promise<void> {
  services.clients.forget(installation, id);
  await becomeAvailable(services, { kind: "repository", installation, repository: id });
}

/** ISO 8601 of a time, which GitHub writes in seconds in a push and as text elsewhere. */
function timeOf(time: number | string | null | undefined): string | undefined {
  const date = new Date(typeof time === "number" ? time * 1_000 : (time ?? Number.NaN));
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}

function nameOf({ repository }: OfRepository): RepositoryName | undefined {
  if (!repository?.owner) return undefined;
  return { id: repository.id, owner: repository.owner.login, name: repository.name };
}

/** A subject without the fields that every subject has. */
type Bare<S> = S extends Subject ? Omit<S, "installation" | "repository"> : never;

async function enqueueSubject(
  services: IntakeServices,
  payload: OfRepository,
  bare: Bare<Subject>,
  forced = false,
): Promise<void> {
  // A webhook that is configured on the repository itself names no installation, and the App cannot act on it.
  const repository = nameOf(payload);
  if (payload.installation?.id === undefined || repository === undefined) return;
  await enqueue(services, { ...bare, installation: payload.installation.id, repository }, forced);
}

/** Enqueues a pull request with the state that the webhook tells of: what is read from GitHub must be as new. */
async function enqueueAnnounced(
  services: IntakeServices,
  payload: OfRepository & {
    readonly pull_request: {
      readonly number: number;
      readonly updated_at: string;
      readonly head: { readonly sha: string };
      readonly base: { readonly ref: string };
    };
    /** The head before a push to it, and who pushed. */
    readonly before?: string;
    readonly sender?: { readonly id: number } | undefined;
  },
): Promise<void> {
  const { number, updated_at: updatedAt, head, base } = payload.pull_request;
  const announced = { updatedAt, head: head.sha, replaced: payload.before ?? "", baseRef: base.ref };
  const of = nameOf(payload);
  if (payload.before !== undefined && payload.sender && of && payload.installation) {
    const pull = { kind: "pull", installation: payload.installation.id, repository: of, number } as const;
    // Commits name whom their maker likes; this is whom GitHub let push.
    await services.store.recordPusher(workKey(pull), payload.sender.id);
  }
  await enqueueSubject(services, payload, { kind: "pull", number, ...announced });
}

async function enqueuePull(
  services: IntakeServices,
  payload: OfRepository,
  number: number,
  forced = false,
): Promise<void> {
  await enqueueSubject(services, payload, { kind: "pull", number }, forced);
}

/**
 * Enqueues every pull request and merge group with this head: a re-run names a commit, and for a fork no pull request.
 */
async function enqueueHead(
  services: IntakeServices,
  payload: OfRepository,
  head: string,
  pulls: readonly number[],
): Promise<void> {
  const numbers = new Set(pulls);
  const repository = nameOf(payload)?.id;
  if (repository === undefined) return;
  for (const found of await services.store.findHeadsByCommit(repository, head)) {
    if (found.pull !== undefined) numbers.add(found.pull);
    else await enqueueAgain(services, found.work);
  }
  for (const number of numbers) await enqueuePull(services, payload, number, true);
}

async function enqueueAgain(services: IntakeServices, key: string): Promise<void> {
  const subject = await services.store.findSubject(key);
  if (subject !== undefined) await enqueue(services, subject, true);
}

async function enqueueRules(
  services: IntakeServices,
  installation: { readonly id: number; readonly account?: unknown },
  repositories: readonly { readonly id?: number; readonly name?: string; readonly full_name?: string }[],
): Promise<void> {
  for (const { id, full_name: fullName } of repositories) {
    const [owner, name] = (fullName ?? "").split("/");
    if (id === undefined || owner === undefined || name === undefined) continue;
    await enqueue(
      services,
      { kind: "rules", installation: installation.id, repository: { id, owner, name } },
      false,
      false,
    );
  }
}
