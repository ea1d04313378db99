import { hasFollowUp } from "../../gate/overrides/follow-up.ts";
import type { Clients } from "../../github/clients.ts";
import type { LeasedWork } from "../../store/work.ts";
import type { JobOutcome } from "../jobs/job-outcome.ts";
import type { UsesStore } from "../services.ts";

/** What `runIssueJob` needs. */
export type IssueJobServices = UsesStore<"findOpenOverride" | "recordFollowUp"> & {
  readonly clients: Pick<Clients, "issues">;
};

/** Looks at the issue of an override: closed without a follow-up, it is opened again. */
export async function runIssueJob(
  services: IssueJobServices,
  { subject }: Pick<LeasedWork, "subject">,
): Promise<JobOutcome> {
  if (subject.kind !== "issue") throw new Error("only an issue is looked at");
  const { installation, repository, number } = subject;
  const override = await services.store.findOpenOverride(repository.id, number);
  const issues = override === undefined ? undefined : await services.clients.issues(installation, repository.id);
  if (override === undefined || issues === undefined) return { kind: "closed" };
  const place = { owner: repository.owner, repo: repository.name };
  if (!(await issues.isClosed(place, number))) return { kind: "closed" };
  if (hasFollowUp(await issues.readComments(place, number))) await services.store.recordFollowUp(override.comment);
  else
    await issues.reopen(
      place,
      number,
      "This issue is about an override and was closed without a follow-up. Write what was wrong and what became of it, then close it.",
    );
  return { kind: "closed" };
}
