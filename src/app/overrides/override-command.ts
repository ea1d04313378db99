import { decideOverride, type OverrideDecision } from "../../gate/overrides/decide-override.ts";
import { isGated } from "../../gate/gated-branches.ts";
import { failureOf } from "../../github/failure.ts";
import type { Clients } from "../../github/clients.ts";
import type { Place } from "../../github/pulls.ts";
import type { RepositoryClient } from "../../github/repository-client.ts";
import { escapeMarkdown } from "../../report/escape-markdown.ts";
import type { Override } from "../../store/overrides.ts";
import { workKey, type Subject } from "../../store/work.ts";
import { readProposedCommits, readTeams, type CommitsCalls, type UsesOrganization } from "../approvals/people-facts.ts";
import { touchedRules, type TouchedRulesCalls } from "./touched-rules.ts";
import type { Services, UsesQueue, UsesStore } from "../services.ts";

/** What `runOverride` needs. */
export type OverrideServices = UsesOrganization &
  UsesQueue &
  UsesStore<
    | "beginOverride"
    | "dropOverride"
    | "findActiveOverride"
    | "findHead"
    | "findOverride"
    | "findRepository"
    | "findNewestRun"
    | "grantOverride"
    | "listPushers"
  > &
  Pick<Services, "ownLogin"> & { readonly clients: Pick<Clients, "issues"> };

/** The calls that `runOverride` makes. */
export type OverrideCalls = CommitsCalls &
  TouchedRulesCalls &
  Pick<RepositoryClient, "commentOnce" | "readProposal" | "readPullRequest">;

type Command = Extract<Subject, { readonly kind: "command" }>;

/**
 * Grants the override that a comment asks for, or answers why not. It is granted once its issue is open: then the pull
 * request is to be judged again. Whatever GitHub does not answer is tried again.
 */
export async function runOverride(
  services: OverrideServices,
  github: OverrideCalls,
  place: Place,
  subject: Command,
): Promise<"granted" | "refused"> {
  const { comment, number, asked } = subject;
  const known = await services.store.findOverride(comment);
  if (known?.issue !== undefined) return "granted";
  const why =
    known === undefined ? await begin(services, github, place, subject) : await openIssue(services, place, known);
  if (why === undefined) return "granted";
  await github.commentOnce(place, number, {
    app: await services.ownLogin(),
    mark: markOf(comment),
    since: asked ?? new Date().toISOString(),
    body: `The override was refused: ${escapeMarkdown(why)}.`,
  });
  await services.store.dropOverride(comment);
  return "refused";
}

/** What tells the App's own answers to a comment apart. */
function markOf(comment: number): string {
  return `<!-- portcullis:override ${comment} -->`;
}

/** Decides and stores an override. Returns why it is refused. */
async function begin(
  services: OverrideServices,
  github: OverrideCalls,
  place: Place,
  subject: Command,
): Promise<string | undefined> {
  const { by, id, reason = "", comment, number, asked, installation, repository } = subject;
  if (by === undefined || id === undefined || asked === undefined) return "only a person can override";
  const pull = await github.readPullRequest(place, number);
  const decision = await decide(services, github, place, subject, { by, id, reason, asked, pull });
  if (decision.kind === "refused") return decision.why;
  const override: Override = {
    comment,
    installation,
    repository,
    pull: number,
    head: pull.head,
    baseRef: pull.baseRef,
    base: pull.base,
    by,
    reason: reason.trim(),
    until: decision.until,
  };
  return openIssue(services, place, await services.store.beginOverride(override));
}

async function decide(
  services: OverrideServices,
  github: OverrideCalls,
  place: Place,
  { number, installation, repository }: Command,
  asked: {
    readonly by: string;
    readonly id: number;
    readonly reason: string;
    readonly asked: string;
    readonly pull: Awaited<ReturnType<OverrideCalls["readPullRequest"]>>;
  },
): Promise<OverrideDecision> {
  const { by, id, pull } = asked;
  const stored = await services.store.findRepository(repository.id);
  const rule = stored?.override;
  const work = workKey({ kind: "pull", installation, repository, number });
  const head = await services.store.findHead(work);
  const run = head && (await services.store.findNewestRun(work, head.head));
  // What it does to the rules is not known either.
  const unjudged = head?.policies === "none" ? await touchedRules(github, place, pull) : undefined;
  const proposal = await github.readProposal(place, number);
  const part = rule === undefined ? {} : await readProposedCommits(github, { place, number }, proposal.commits);
  const teams = await readTeams(services, { place, installation }, rule?.teams ?? [], [{ id, login: by }]);
  const active = await services.store.findActiveOverride({
    repository: repository.id,
    pull: number,
    head: pull.head,
    baseRef: pull.baseRef,
  });
  return decideOverride({
    ...(rule === undefined ? {} : { rule }),
    // GitHub's webhook told that it is a person.
    by: { id, login: by, type: "User" },
    reason: asked.reason,
    asked: asked.asked,
    now: new Date().toISOString(),
    pull: {
      open: pull.open,
      head: pull.head,
      baseRef: pull.baseRef,
      gated: isGated(pull.baseRef, pull.repository.defaultBranch, stored?.gates ?? []),
      ...(proposal.author === undefined ? {} : { author: proposal.author }),
      pushers: await services.store.listPushers(work),
      ...part,
    },
    ...(head === undefined || run === undefined
      ? {}
      : {
          check: {
            head: head.head,
            ...run,
            ...(head.published === undefined ? {} : { conclusion: head.published }),
          },
        }),
    ...(unjudged === undefined ? {} : { unjudged }),
    ...(active === undefined ? {} : { active: active.until }),
    teams,
  });
}

/** Opens the issue of an override, and grants it. Returns why it cannot be opened. */
async function openIssue(services: OverrideServices, place: Place, override: Override): Promise<string | undefined> {
  const { installation, repository, comment, until } = override;
  const issues = await services.clients.issues(installation, repository.id);
  if (issues === undefined)
    return "the installation has not granted Portcullis issues: write, without which no issue can be opened about it";
  const mark = markOf(comment);
  const app = await services.ownLogin();
  let issue: number;
  try {
    const since = new Date(Date.parse(until) - 2 * 86_400_000).toISOString();
    issue =
      (await issues.findIssue(place, { app, mark, since })) ??
      (await issues.openIssue(
        place,
        `Portcullis was overridden in #${override.pull}`,
        `${issueText(override)}\n\n${mark}`,
      ));
  } catch (error) {
    const failure = failureOf(error);
    if (failure?.kind !== "refused" && failure?.kind !== "gone") throw error;
    return `no issue can be opened about it (${failure.reason}): the repository must have issues`;
  }
  await services.store.grantOverride(override, issue);
  const seconds = Math.max(1, (Date.parse(until) - Date.now()) / 1_000);
  await services.queue.send("overrides", { reason: "an override ends" }, seconds);
  return undefined;
}

function issueText({ pull, head, baseRef, by, reason, until }: Override): string {
  return [
    `@${by} let #${pull} through although its check blocks it: ${head.slice(0, 12)} into \`${baseRef.replaceAll("`", "")}\`, until ${until}.`,
    `> ${escapeMarkdown(reason)}`,
    "When it is over, write here what was wrong and what became of it, and close this issue. It is opened again where nothing was written.",
  ].join("\n\n");
}
