import type { EvidenceCalls } from "../evidence/make-evidence.ts";
import { failureOf } from "../../github/failure.ts";
import type { LeasedWork, Trouble } from "../../store/work.ts";
import { couldNotEvaluate, type Body } from "../publish/check-body.ts";
import { checkName, gatesOf } from "../publish/check-name.ts";
import {
  externalId,
  publishConclusion,
  findKnownRuns,
  openRun,
  placeOf,
  subjectOf,
  type ConclusionCalls,
  type ConclusionServices,
  type KnownRuns,
  type OpenRunCalls,
  type OpenRunServices,
} from "../publish/check-run.ts";
import { closeSubject, type CloseServices } from "./close.ts";
import { startHead, type StartHeadServices } from "./leave-head.ts";
import { heldBack, type JobOutcome } from "./job-outcome.ts";
import { triedHead, wasGivenUp } from "./given-up.ts";
import { causeOf } from "../error-for-log.ts";
import {
  notOverridden,
  overridden,
  overrideOf,
  type OverriddenCalls,
  type OverriddenServices,
} from "../overrides/overridden.ts";
import { touchedRules, type TouchedRulesCalls } from "../overrides/touched-rules.ts";
import type { Override } from "../../store/overrides.ts";
import { keepReport, type KeepReportServices } from "../reports/keep-report.ts";
import type { UsesGitHub, UsesStore } from "../services.ts";
import { readTarget, type Target, type TargetCalls } from "../target.ts";

/** What `giveUp` needs. */
export type GiveUpServices = CloseServices &
  StartHeadServices &
  OpenRunServices &
  ConclusionServices &
  KeepReportServices &
  UsesStore<"findRepository" | "recordComplianceFailure" | "recordHeadConclusion" | "recordPublishedConclusion"> &
  OverriddenServices &
  UsesGitHub<
    keyof (TargetCalls & OpenRunCalls & ConclusionCalls & EvidenceCalls & OverriddenCalls & TouchedRulesCalls)
  >;

/**
 * Concludes the check as failure, with the reason, when the target could not be judged. A check never stays in progress,
 * and never passes without a verdict. Where the check of this head says it already, that stays as it is.
 */
export async function giveUp(services: GiveUpServices, work: LeasedWork, why: Trouble): Promise<JobOutcome> {
  if (work.subject.kind === "rules") return { kind: "unavailable", scope: "work", ...why };
  if (work.subject.kind === "compliance") {
    await services.store.recordComplianceFailure(work.subject.repository.id, why.message);
    return { kind: "closed" };
  }
  if (work.subject.kind === "command" || work.subject.kind === "issue") return { kind: "closed" };
  let head: string | undefined;
  try {
    const { github } = await services.clients.access(work.subject.installation, work.subject.repository.id);
    const reading = await readTarget(github, work);
    if (reading.kind === "closed") return await closeSubject(services, github, work, reading);
    const { target } = reading;
    head = triedHead(target);
    const known = await findKnownRuns(services, work.key);
    // It is judged again when the override is over: until then no new run may take its place.
    if (
      !wasGivenUp(work, target, known) &&
      (await conclude(services, github, work, target, known, why)) === "overridden"
    )
      return { kind: "done" };
    return { kind: "unavailable", scope: "work", head, ...why };
  } catch (error) {
    const failure = failureOf(error);
    if (failure === undefined) throw error;
    if (failure.kind === "limited") return heldBack(failure.seconds);
    if (failure.kind === "unavailable") return failure;
    // The check cannot be concluded, or not even created. The reason for that counts: the other one may have passed.
    return {
      kind: "unavailable",
      scope: "work",
      ...(head === undefined ? {} : { head }),
      reason: failure.kind === "transient" ? "unanswered" : failure.kind,
      message: causeOf(error),
    };
  }
}

async function conclude(
  services: GiveUpServices,
  github: OpenRunCalls & ConclusionCalls & OverriddenCalls & TouchedRulesCalls,
  work: LeasedWork,
  target: Target,
  known: KnownRuns,
  why: Trouble,
): Promise<"overridden" | "failed"> {
  const { defaultBranch } = target.repository;
  const repository = await services.store.findRepository(target.repository.id);
  const name = checkName(target.baseRef, defaultBranch, repository === undefined ? undefined : gatesOf(repository));
  const run = await openRun(services, github, work.key, target, known, { name, policies: "unknown" });
  await startHead(services, github, work, target, name);
  const base = target.pull?.base ?? target.base ?? "unknown";
  const external = externalId({
    subject: subjectOf(target),
    head: target.head,
    base,
    into: target.baseRef,
    policies: "none",
    job: run.job,
  });
  const failure = couldNotEvaluate(why);
  const override = await overrideOf(services, github, target);
  const number = target.pull?.number ?? target.queued ?? 0;
  const against = override && (await touchedRules(github, placeOf(target), { number, head: override.head }));
  const body = withOverride(failure, override, against);
  await services.store.recordHeadConclusion(work.key, body.conclusion, "none", name);
  await keepReport(services, { run, target, check: name, published: body, own: body });
  await publishConclusion(services, github, placeOf(target), run, {
    ...body,
    name,
    annotations: [],
    externalId: external,
    judged: { base, policies: "none" },
  });
  await services.store.recordPublishedConclusion(work.key, body.conclusion);
  return body.conclusion === "success" ? "overridden" : "failed";
}

function withOverride(failure: Body, override: Override | undefined, against: string | undefined): Body {
  if (override === undefined) return failure;
  return against === undefined ? overridden(failure, override) : notOverridden(failure, override, against);
}
