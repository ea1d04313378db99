import { failureOf } from "../../github/failure.ts";
import type { Place } from "../../github/pulls.ts";
import type { Reaction } from "../../github/reactions.ts";
import type { RepositoryClient } from "../../github/repository-client.ts";
import type { LeasedWork, Subject } from "../../store/work.ts";
import { runOverride, type OverrideCalls, type OverrideServices } from "../overrides/override-command.ts";
import { enqueue, type EnqueueServices, type UsesGitHub } from "../services.ts";
import type { JobOutcome } from "./job-outcome.ts";

/** What `runCommandJob` needs. */
export type CommandJobServices = EnqueueServices &
  OverrideServices &
  UsesGitHub<"mayWrite" | "react" | keyof OverrideCalls>;

type CommandSubject = Extract<Subject, { readonly kind: "command" }>;

/** What became of a command. */
type Answer = "accepted" | "refused" | "not understood";

const REACTIONS: { readonly [answer in Answer]: Reaction } = {
  accepted: "+1",
  refused: "-1",
  "not understood": "confused",
};

/** Does what a comment asks for, if its author may, and answers with a reaction. */
export async function runCommandJob(
  services: CommandJobServices,
  { subject }: Pick<LeasedWork, "subject">,
): Promise<JobOutcome> {
  if (subject.kind !== "command") throw new Error("only a comment has a command");
  const { github } = await services.clients.access(subject.installation, subject.repository.id);
  const place = { owner: subject.repository.owner, repo: subject.repository.name };
  const answer = await obey(services, github, place, subject);
  await answerComment(github, place, subject.comment, answer);
  return { kind: "closed" };
}

async function obey(
  services: CommandJobServices,
  github: Pick<RepositoryClient, "mayWrite"> & OverrideCalls,
  place: Place,
  subject: CommandSubject,
): Promise<Answer> {
  const { command, by, number, installation, repository } = subject;
  if (command === "unknown") return "not understood";
  if (command === "override") {
    if ((await runOverride(services, github, place, subject)) === "refused") return "refused";
    await enqueue(services, { kind: "pull", installation, repository, number }, true);
    return "accepted";
  }
  if (by === undefined || !(await github.mayWrite(place, by))) return "refused";
  await enqueue(services, { kind: "pull", installation, repository, number }, true);
  return "accepted";
}

/**
 * Answers a comment with a reaction. GitHub keeps one of a kind from each account, so a delivery that comes again adds
 * none, and it sends no event for a reaction, so two bots cannot answer each other for ever.
 */
async function answerComment(
  github: Pick<RepositoryClient, "react">,
  place: Place,
  comment: number,
  answer: Answer,
): Promise<void> {
  try {
    await github.react(place, comment, REACTIONS[answer]);
  } catch (error) {
    // The command was carried out; that its answer is missing is logged with GitHub's reason, and no cause to repeat it.
    if (failureOf(error) === undefined) throw error;
  }
}
