import type { KeyObject } from "node:crypto";
import {
  EVIDENCE_FIELD,
  PREDICATE_TYPE,
  STATEMENT_PAYLOAD,
  type Envelope,
  type Statement,
} from "../../model/evidence.ts";
import { openEnvelope } from "./dsse.ts";

/** What evidence says about a commit: it passed, it did not, or nothing that can be relied on. */
export type EvidenceAnswer =
  | { readonly kind: "passed" | "not passed"; readonly key: string; readonly statement: Statement }
  | { readonly kind: "worthless"; readonly why: string };

/** What evidence must be about, and who may have signed it. `repository`: as `owner/name`; absent: any. */
export interface EvidenceQuestion {
  readonly keys: readonly KeyObject[];
  readonly commit: string;
  readonly repository?: string;
  readonly branch?: string;
}

/** Checks signature, subject and result of evidence, in this order: nothing of an unsigned statement is believed. */
export function checkEvidence(envelope: Envelope, question: EvidenceQuestion): EvidenceAnswer {
  const worthless = (why: string): EvidenceAnswer => ({ kind: "worthless", why });
  const opened = openEnvelope(envelope, question.keys);
  if (opened === undefined) return worthless("it is not signed by any of the given keys");
  if (envelope.payloadType !== STATEMENT_PAYLOAD)
    return worthless(`its payload is ${envelope.payloadType}; expected ${STATEMENT_PAYLOAD}`);
  const statement = readStatement(opened.payload);
  if (statement === undefined) return worthless(`its payload is no in-toto statement of the type ${PREDICATE_TYPE}`);
  const { subject, predicate } = statement;
  const [about] = subject.filter(({ digest }) => digest?.["gitCommit"] === question.commit);
  if (about === undefined) {
    const others = subject.flatMap(({ digest }) => digest?.["gitCommit"] ?? []);
    return worthless(`it is about another commit: ${others.join(", ") || "none"}`);
  }
  if (question.repository !== undefined && !isAbout(predicate.resourceUri, question.repository))
    return worthless(`it is about another repository: ${predicate.resourceUri}`);
  const refs = about.annotations?.["sourceRefs"];
  if (question.branch !== undefined && !(Array.isArray(refs) && refs.includes(`refs/heads/${question.branch}`)))
    return worthless(`it is about another branch: ${Array.isArray(refs) ? refs.join(", ") : "none"}`);
  if (predicate.verificationResult === "PASSED") return { kind: "passed", key: opened.key, statement };
  if (predicate[EVIDENCE_FIELD].verdict === "not judged")
    return worthless("it says that exactly this tree was not judged");
  return { kind: "not passed", key: opened.key, statement };
}

function isAbout(resourceUri: string, repository: string): boolean {
  const path = /^git\+https?:\/\/[^/]+\/(.+)$/.exec(resourceUri)?.[1];
  return path?.toLowerCase() === repository.toLowerCase();
}

function readStatement(payload: Buffer): Statement | undefined {
  try {
    const value = JSON.parse(payload.toString("utf8")) as Partial<Statement> | null;
    const { _type, subject, predicateType, predicate } = value ?? {};
    const typed = _type === "https://in-toto.io/Statement/v1" && predicateType === PREDICATE_TYPE;
    if (!typed || !Array.isArray(subject) || typeof predicate !== "object") return undefined;
    if (typeof predicate.resourceUri !== "string" || typeof predicate[EVIDENCE_FIELD] !== "object") return undefined;
    return value as Statement;
  } catch {
    return undefined;
  }
}
