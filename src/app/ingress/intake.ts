import type { Probot } from "probot";
import type { RepositoryName, Subject } from "../../store/work.ts";
import type { Place } from "../../github/pulls.ts";
import type { RepositoryClient } from "../../github/repository-client.ts";
import { pullOf } from "../publish/check-run.ts";
import { RECHECK_EVENT } from "./events.ts";
import { answerComment, commandIn, type Answer, type Command } from "./commands.ts";
import { enqueue, type EnqueueServices, type Services, type UsesGitHub, type UsesStore } from "../services.ts";

/** What `listen` needs. */
export type IntakeServices = EnqueueServices &
  UsesStore<"deleteRepositories" | "findHeadsByCommit" | "findSubject"> &
  UsesGitHub<"mayWrite" | "react" | "readOpenPullRequests"> &
  Pick<Services, "appId">;

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
 * worker reads the current state itself.
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
    const { head_sha: head, base_sha: base, base_ref: ref } = payload.merge_group;
    await enqueueSubject(services, payload, { kind: "group", head, base, baseRef: ref.replace(/^refs\/heads\//, "") });
  });
  app.on("push", async ({ payload }) => {
    if (payload.ref !== `refs/heads/${payload.repository.default_branch}` || payload.deleted) return;
    await enqueueSubject(services, payload, { kind: "rules", after: payload.after });
  });
  app.on("issue_comment.created", async ({ payload }) => {
    const { issue, comment } = payload;
    const [place, installation] = [nameOf(payload), payload.installation?.id];
    if (issue.pull_request === undefined || place === undefined || installation === undefined) return;
    const command = commandIn(comment.body);
    if (command === undefined) return;
    const { github } = await services.clients.access(installation, place.id);
    const repository = { owner: place.owner, repo: place.name };
    const answer = await obey(services, github, payload, { command, repository, pull: issue.number });
    await answerComment(github, repository, comment.id, answer);
  });
  // GitHub accepts this event only from users with write access to the repository.
  app.on("repository_dispatch", async ({ payload }) => {
    if (payload.action !== RECHECK_EVENT) return;
    const number = payload.client_payload?.["pull_request"];
    if (typeof number === "number") await enqueuePull(services, payload, number, true);
    else await enqueueAllOpen(services, payload);
  });
  app.on(
    ["installation.created", "installation.unsuspend", "installation.new_permissions_accepted"],
    async ({ payload }) => enqueueRules(services, payload.installation, payload.repositories ?? []),
  );
  app.on("installation_repositories.added", async ({ payload }) =>
    enqueueRules(services, payload.installation, payload.repositories_added),
  );
  app.on("installation.deleted", async ({ payload }) =>
    services.store.deleteRepositories((payload.repositories ?? []).map(({ id }) => id)),
  );
  app.on("installation_repositories.removed", async ({ payload }) =>
    services.store.deleteRepositories(payload.repositories_removed.flatMap(({ id }) => id ?? [])),
  );
}

/** Does what a comment asks for, if its author may write to the repository. */
async function obey(
  services: IntakeServices,
  github: Pick<RepositoryClient, "mayWrite">,
  payload: OfRepository & { readonly comment: { readonly user: { login?: string; type?: string } | null } },
  asked: { readonly command: Command; readonly repository: Place; readonly pull: number },
): Promise<Answer> {
  if (asked.command === "unknown") return "not understood";
  const { user } = payload.comment;
  // GitHub knows no permission of a bot; pipelines have the event repository_dispatch.
  if (!user?.login || user.type === "Bot" || !(await github.mayWrite(asked.repository, user.login))) return "refused";
  await enqueuePull(services, payload, asked.pull, true);
  return "accepted";
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
    readonly pull_request: { readonly number: number; readonly updated_at: string };
  },
): Promise<void> {
  const { number, updated_at: updatedAt } = payload.pull_request;
  await enqueueSubject(services, payload, { kind: "pull", number, updatedAt });
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

async function enqueueAllOpen(services: IntakeServices, payload: OfRepository): Promise<void> {
  const [place, installation] = [nameOf(payload), payload.installation?.id];
  if (place === undefined || installation === undefined) return;
  const { github } = await services.clients.access(installation, place.id);
  const open = await github.readOpenPullRequests({ owner: place.owner, repo: place.name });
  for (const { number } of open) await enqueuePull(services, payload, number, true);
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
    await enqueue(services, { kind: "rules", installation: installation.id, repository: { id, owner, name } });
  }
}
