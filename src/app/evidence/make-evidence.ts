import { isGated } from "../../gate/gated-branches.ts";
import { failureOf } from "../../github/failure.ts";
import type { Place, PullRequest } from "../../github/pulls.ts";
import type { RepositoryClient } from "../../github/repository-client.ts";
import type { PublishedVerdict } from "../../model/audit.ts";
import type { Envelope, Statement } from "../../model/evidence.ts";
import { gatesOf } from "../publish/check-name.ts";
import type { Services, UsesStore } from "../services.ts";
import { statementDigest, textWithEvidence } from "./evidence-text.ts";
import type { EvidenceMaker } from "./signer.ts";
import { statementOf } from "./statement.ts";

/** What `makeEvidence` needs. */
export type EvidenceServices = UsesStore<
  "findEvidence" | "findRepository" | "findVerdictOfTree" | "listOverrides" | "saveEvidence"
> &
  Pick<Services, "evidence"> & { readonly log: Pick<Services["log"], "info" | "warn"> };
export type EvidenceCalls = Pick<RepositoryClient, "annotate" | "readOutput" | "readTreeId">;

/**
 * Makes the signed statement about the commit that a pull request was merged as, once, and adds it to the check that was
 * about its tree. Nothing is made where no signer is set up, or for a branch that is not gated. `latest`: the run that it is
 * added to where no check is about exactly this tree. Rejects with SignerFailed.
 */
export async function makeEvidence(
  services: EvidenceServices,
  github: EvidenceCalls,
  pull: PullRequest,
  latest?: number,
): Promise<void> {
  const { evidence } = services;
  const { mergeCommit: commit, baseRef, below: branch = baseRef } = pull;
  if (evidence === undefined || commit === undefined) return;
  const repository = await services.store.findRepository(pull.repository.id);
  if (repository === undefined || !repository.enrolled) return;
  if (!isGated(branch, repository.defaultBranch, gatesOf(repository) ?? [])) return;
  const place = { owner: pull.repository.owner, repo: pull.repository.name };
  const { id } = repository;
  const tree = await github.readTreeId(place, commit);
  const verdict = await services.store.findVerdictOfTree(id, tree, branch);
  const statement = statementOf(
    { repositoryUrl: pull.repository.cloneUrl.replace(/\.git$/, ""), commit, tree, branch, pull: pull.number },
    {
      ...(verdict === undefined ? {} : { verdict }),
      overrides: await services.store.listOverrides(id, `pull/${pull.number}`),
    },
    { ...evidence.verifier, now: new Date().toISOString() },
  );
  const envelope = await sealed(services, evidence, { id, place, commit, tree }, statement);
  const run = verdict === undefined ? latest : (JSON.parse(verdict.body) as PublishedVerdict).run;
  if (run !== undefined) await attach(services, github, place, run, { commit, envelope });
}

/** The stored envelope about a commit, or a new one that is stored. */
async function sealed(
  services: EvidenceServices,
  { signer }: EvidenceMaker,
  at: { readonly id: number; readonly place: Place; readonly commit: string; readonly tree: string },
  statement: Statement,
): Promise<Envelope> {
  const { id, place, commit, tree } = at;
  const known = await services.store.findEvidence(id, commit);
  if (known !== undefined) return JSON.parse(known) as Envelope;
  const envelope = await signer.seal(JSON.stringify(statement));
  const result = statement.predicate.verificationResult;
  const digest = statementDigest(envelope);
  const saved = await services.store.saveEvidence(
    { repository: id, commit, envelope: JSON.stringify(envelope) },
    {
      kind: "evidence",
      repository: { id, name: `${place.owner}/${place.repo}` },
      subject: commit,
      body: { commit, tree, result, statement: digest, key: signer.key },
    },
  );
  services.log.info({ repository: id, commit, result, statement: digest }, "evidence about a merged commit was signed");
  return JSON.parse(saved) as Envelope;
}

/** Adds an envelope to a check. That the check is gone, or cannot be changed, leaves the evidence as it is. */
async function attach(
  services: EvidenceServices,
  github: EvidenceCalls,
  place: Place,
  run: number,
  { commit, envelope }: { readonly commit: string; readonly envelope: Envelope },
): Promise<void> {
  try {
    const { title, summary, text = "" } = await github.readOutput(place, run);
    const statement = JSON.parse(Buffer.from(envelope.payload, "base64").toString()) as Statement;
    const more = textWithEvidence(text, commit, envelope, statement.predicate.verificationResult);
    if (more !== undefined) await github.annotate(place, run, { title, summary, text: more, annotations: [] });
  } catch (error) {
    const failure = failureOf(error);
    if (failure?.kind !== "gone" && failure?.kind !== "refused") throw error;
    services.log.warn({ err: error, commit, run }, "evidence could not be added to its check");
  }
}
