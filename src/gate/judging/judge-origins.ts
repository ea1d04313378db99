import type { BuiltinCheck } from "../../model/builtin-check.ts";
import type { Fact } from "../../model/fact.ts";
import type { Judge, Question } from "../../model/judge.ts";
import type { Manifest } from "../../model/manifest.ts";
import { member } from "../../manifest/member.ts";
import type { Problem } from "../../model/problem.ts";
import { WAIVE_ANNOTATION } from "../../model/waiver.ts";
import type { Judgement } from "../../model/violation.ts";
import type { AwaitedFacts, JudgedManifest, JudgedSource } from "../judged-source.ts";
import { locateViolations } from "./locate-violations.ts";
import { withoutSecrets } from "./mask-secret.ts";
import type { ReadManifests, Reading, ReadOrigin } from "../reading.ts";

/** The policy judge and the built-in checks. */
export interface Judges {
  readonly judge: Judge;
  readonly builtins: readonly BuiltinCheck[];
}

/** Asks about a manifest as if it were new. */
export function created(manifest: Manifest): Question {
  return { manifest, operation: "CREATE" };
}

/** Manifests judged in one call: enough to keep workers busy, few enough to keep memory flat. */
const batchSize = 128;
/** Concurrent calls while the next files are read. */
const batchesUnderWay = 4;

/** Judges every manifest of the origins with the question that `ask` makes, and passes each judged origin to `hand`. Rejects where the judge does. */
export async function judgeOrigins<Of>(
  judges: Judges,
  origins: AsyncIterable<ReadOrigin<Of>> | Iterable<ReadOrigin<Of>>,
  ask: (manifest: Manifest) => Question,
  hand: (of: Of, judged: JudgedSource) => void,
): Promise<void> {
  const underWay = new Set<Promise<void>>();
  let batch: ReadManifests<Of>[] = [];
  let manifests = 0;
  const send = (): void => {
    const sent = judgeBatch(judges, batch, ask, hand).finally(() => underWay.delete(sent));
    underWay.add(sent);
    batch = [];
    manifests = 0;
  };
  try {
    for await (const origin of origins) {
      if (origin.kind === "done") hand(origin.of, origin.judged);
      else {
        batch.push(origin);
        manifests += origin.reading.manifests.length;
      }
      if (manifests >= batchSize) send();
      if (underWay.size >= batchesUnderWay) await Promise.race(underWay);
    }
    if (batch.length > 0) send();
  } finally {
    await Promise.all(underWay);
  }
}

async function judgeBatch<Of>(
  judges: Judges,
  origins: readonly ReadManifests<Of>[],
  ask: (manifest: Manifest) => Question,
  hand: (of: Of, judged: JudgedSource) => void,
): Promise<void> {
  const questions = origins.flatMap(({ reading }) => reading.manifests.map(ask));
  const judgements = questions.length === 0 ? [] : await judges.judge.judge(questions);
  if (judgements.length !== questions.length) throw new Error("the judge did not answer every question");
  let at = 0;
  for (const { of, reading } of origins) {
    const end = at + reading.manifests.length;
    hand(of, await judgedSource(judges, reading, judgements.slice(at, end), questions.slice(at, end)));
    at = end;
  }
}

async function judgedSource(
  judges: Judges,
  reading: Reading,
  judgements: readonly Judgement[],
  questions: readonly Question[],
): Promise<JudgedSource> {
  const manifests: JudgedManifest[] = [];
  let prepared: Awaited<ReturnType<NonNullable<Reading["prepare"]>>> | undefined;
  const problems: Problem[] = [...reading.problems];
  for (const [index, manifest] of reading.manifests.entries()) {
    const { identity, apiVersion, position, environment, source } = manifest;
    const [judgement, question] = [judgements[index], questions[index]];
    if (judgement === undefined || question === undefined) throw new Error("a manifest without an answer");
    // Only rules that read the operation apply to a deletion.
    const stays = question.operation !== "DELETE" && manifest.document === undefined;
    const { found, awaits: waiting } = stays ? askBuiltins(judges.builtins, manifest) : silent;
    const facts = stays ? factsOf(judges, manifest) : [];
    const keys = judges.judge.awaits?.(question);
    const awaits: readonly AwaitedFacts[] = keys === undefined ? waiting : [...waiting, { by: "judge", keys }];
    const toolViolations = stays ? (reading.violationsOf?.(manifest) ?? []) : [];
    const violations = [...judgement.violations, ...toolViolations, ...found];
    const all = violations.length === judgement.violations.length ? judgement : { ...judgement, violations };
    // Fingerprints depend on the secret values, shown messages do not.
    const masked = withoutSecrets(all, question);
    if (violations.length > 0) prepared ??= (await reading.prepare?.()) ?? {};
    manifests.push({
      identity,
      apiVersion,
      position,
      ...(environment === undefined ? {} : { environment }),
      ...(source === undefined ? {} : { source }),
      violations: locateViolations(reading, manifest, { shown: masked.violations, unmasked: violations }),
      excepted: masked.excepted.length,
      ...(judgement.tally === undefined ? {} : { tally: judgement.tally }),
      ...waivesOf(manifest),
      ...(facts.length > 0 ? { facts } : {}),
      ...(awaits.length > 0 ? { awaits, manifest } : {}),
    });
    for (const problem of masked.problems) problems.push({ ...problem, path: position.path, line: position.line });
  }
  const { skipped, notApplied, gaps } = reading;
  return {
    manifests,
    skipped,
    ...(notApplied === undefined ? {} : { notApplied }),
    problems,
    ...(gaps === undefined ? {} : { gaps }),
    ...prepared,
  };
}

/** What the manifest waives of its own findings, as it is written. */
function waivesOf({ value }: Manifest): Pick<JudgedManifest, "waives"> {
  const text = member(member(member(value, "metadata"), "annotations"), WAIVE_ANNOTATION);
  return typeof text === "string" ? { waives: text } : {};
}

const silent: ReturnType<typeof askBuiltins> = { found: [], awaits: [] };

/** Runs the builtin checks on a manifest: violations found now, and checks that wait for facts. */
function askBuiltins(builtins: readonly BuiltinCheck[], manifest: Manifest) {
  const awaits: AwaitedFacts[] = [];
  const found = builtins.flatMap((builtin, check) => {
    const key = builtin.awaits?.(manifest);
    if (key !== undefined) awaits.push({ by: check, keys: [key] });
    return key === undefined ? (builtin.ofManifest?.(manifest, []) ?? []) : [];
  });
  return { found, awaits };
}

/** The facts that a manifest provides, each once. */
function factsOf({ judge, builtins }: Judges, manifest: Manifest): readonly Fact[] {
  const { environment } = manifest;
  const facts = [judge, ...builtins].flatMap((asked) => asked.factsOf?.(manifest) ?? []);
  const once =
    facts.length < 2 ? facts : [...new Map(facts.map((fact) => [`${fact.key}\0${fact.digest}`, fact])).values()];
  return environment === undefined ? once : once.map((fact) => ({ ...fact, environment }));
}
