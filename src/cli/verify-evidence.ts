import { readFileSync } from "node:fs";
import { checkEvidence } from "../app/evidence/check-evidence.ts";
import { readPublicKey } from "../app/evidence/dsse.ts";
import { readEnvelope } from "../app/evidence/evidence-text.ts";
import { EVIDENCE_FIELD } from "../model/evidence.ts";
import { UsageError } from "./usage-error.ts";

/** The options of `portcullis verify --evidence`. */
export interface VerifyEvidenceOptions {
  readonly evidence: string;
  readonly key?: readonly string[];
  readonly commit: string;
  readonly repository?: string;
  readonly branch?: string;
}

/** Runs `portcullis verify --evidence`, which asks nobody. Returns the exit code. */
export async function verifyEvidence(options: VerifyEvidenceOptions): Promise<number> {
  const { commit, branch, key: paths = [] } = options;
  if (!/^[0-9a-f]{40}(?:[0-9a-f]{24})?$/.test(commit))
    throw new UsageError(`--commit ${commit}: expected a full commit id, as git rev-parse prints it`);
  if (paths.length === 0) throw new UsageError("--key is missing: expected the file of a public key, in PEM format");
  const keys = paths.map((path) => keyIn(path));
  const repository = options.repository ?? (process.env["GITHUB_REPOSITORY"] || undefined);
  const envelope = readEnvelope(textOf(options.evidence));
  if (envelope === undefined)
    throw new UsageError(
      `--evidence ${options.evidence}: expected a DSSE envelope as JSON, as portcullis evidence prints it`,
    );
  const question = {
    keys,
    commit,
    ...(repository === undefined ? {} : { repository }),
    ...(branch === undefined ? {} : { branch }),
  };
  const answer = checkEvidence(envelope, question);
  const about = `commit ${commit.slice(0, 12)}`;
  if (answer.kind === "worthless") {
    process.stdout.write(`${about}: the evidence shows nothing: ${answer.why}\n`);
    return 2;
  }
  const { predicate } = answer.statement;
  const { mode, verdict } = predicate[EVIDENCE_FIELD];
  const reported = mode === "report" ? ", by rules that only report" : "";
  process.stdout.write(
    `${about}: judged and ${answer.kind} (${verdict}${reported}) at ${predicate.timeVerified}, rules ${predicate.policy.digest?.["sha256"]?.slice(0, 12) ?? "unknown"}, key ${answer.key.slice(0, 12)}\n`,
  );
  return answer.kind === "passed" ? 0 : 1;
}

function textOf(file: string): string {
  try {
    return readFileSync(file === "-" ? 0 : file, "utf8");
  } catch (error) {
    throw new UsageError(`--evidence ${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function keyIn(path: string) {
  try {
    return readPublicKey(readFileSync(path, "utf8"));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new UsageError(
      `--key ${path}: expected a public key of Ed25519, or of ECDSA with the curve P-256, in PEM format (${why})`,
    );
  }
}
