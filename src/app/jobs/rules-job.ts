import { readOpenPullRequests, readRepository } from "../../github/pulls.ts";
import { headOf, knownPulls } from "../../store/heads.ts";
import { findRepository, seenRepository } from "../../store/repositories.ts";
import { workKey, type Leased, type Subject } from "../../store/work.ts";
import { backOff, rememberRules } from "./judge-target.ts";
import type { Outcome } from "./outcome.ts";
import { wantIdle, type Parts } from "../services.ts";

/**
 * Looks at the default branch of a repository: puts rules that compile into force, and asks for every open pull request to
 * be judged that was not judged by them. Also what the sweep does, so that a lost webhook is made good.
 */
export async function runRulesJob(parts: Parts, work: Leased, signal: AbortSignal): Promise<Outcome> {
  const { installation, repository: name } = work.subject;
  const { octokit, token } = await parts.clients.access(installation, name.id);
  const place = { owner: name.owner, repo: name.name };
  const now = await readRepository(octokit, place);
  const repository = await seenRepository(parts.database, { ...now, installation });
  const mirror = await parts.mirrors.enter(now.id);
  const job = `rules-${work.lease}`;
  try {
    const remote = {
      url: now.cloneUrl,
      token,
      ...(parts.authorities === undefined ? {} : { authorities: parts.authorities }),
    };
    const outcome = await mirror.fetch(remote, job, { trusted: `refs/heads/${now.defaultBranch}` }, signal);
    // An empty repository has no default branch yet: nothing to enroll, and nothing to merge into.
    if (outcome.kind === "missing") return { kind: "done" };
    if (outcome.kind === "failed") return { kind: "later", seconds: backOff(work.age), reason: outcome.reason };
    const trusted = await mirror.commit(job, "trusted");
    if (trusted === undefined) throw new Error("the default branch was fetched and is not in the mirror");
    const known = repository.trusted === undefined ? undefined : await mirror.kept("in-force");
    const thread = await parts.pool.take();
    try {
      const prepared = await thread.prepare(
        {
          kind: "prepare",
          mirror: mirror.directory,
          trusted: trusted.id,
          branch: now.defaultBranch,
          enrolled: repository.enrolled,
          now: new Date().toISOString(),
          ...(known === undefined ? {} : { inForce: known }),
        },
        signal,
      );
      await rememberRules(parts, repository, mirror, prepared);
    } finally {
      thread.release();
    }
  } finally {
    await mirror.leave(job);
  }
  const after = await findRepository(parts.database, now.id);
  if (after?.enrolled !== true) return { kind: "done" };
  const named = { installation, repository: { id: now.id, owner: now.owner, name: now.name } };
  const open = await readOpenPullRequests(octokit, place);
  for (const pull of open) {
    const subject: Subject = { kind: "pull", ...named, number: pull.number };
    const head = await headOf(parts.database, workKey(subject));
    const judged = head?.head === pull.head && head.published !== undefined && head.policies === after.policies;
    if (!judged) await wantIdle(parts, subject);
  }
  // Closed, and nobody told us: the worker will see.
  const numbers = new Set(open.map((pull) => pull.number));
  for (const number of await knownPulls(parts.database, now.id)) {
    if (!numbers.has(number)) await wantIdle(parts, { kind: "pull", ...named, number });
  }
  return { kind: "done" };
}
