import type { Judge, Question } from "../../model/judge.ts";
import type { Manifest } from "../../model/manifest.ts";
import type { Problem } from "../../model/problem.ts";
import type { Judgement, Violation } from "../../model/violation.ts";
import type { JudgedSource, LateJudgement, LateManifest } from "../judged-source.ts";
import type { Origin, Reading } from "../reading.ts";
import { awaitedKey, type Facts } from "./facts.ts";
import {
  isLasting,
  judgedKey,
  oldObjectsKey,
  readAgain,
  type Judging,
  type KeptReadings,
  type Results,
} from "./judge-once.ts";
import type { Judges } from "./judge-origins.ts";
import { locateViolations } from "./locate-violations.ts";
import { withoutSecrets } from "./mask-secret.ts";

/** How one tree is judged with regard to its other objects. */
export interface Settling {
  readonly facts: Facts;
  readonly kept: KeptReadings;
  /** The question about each manifest, as it was asked before. */
  readonly ask: (manifest: Manifest) => Question;
  /** What is known to be the same. */
  readonly settledAs?: (of: Origin, judged: JudgedSource) => JudgedSource | undefined;
}

/** The results with what the judge and builtin checks find once the facts of the whole tree are known. */
export async function settle(judging: Judging, results: Results, settling: Settling): Promise<Results> {
  const { facts, kept, ask, settledAs } = settling;
  const keyOf = judgedKey(judging);
  const settled = new Map(results);
  const open: Open[] = [];
  for (const [of, judged] of results) {
    const awaited = awaitedKey(judged, facts);
    const known = awaited === undefined ? judged : settledAs?.(of, judged);
    if (known !== undefined) {
      settled.set(of, known);
      continue;
    }
    const key = `${keyOf(of)}\0${oldObjectsKey(kept.get(of), ask)}\0${awaited}`;
    const held = judging.cache?.late.get(key);
    if (held === undefined) open.push({ of, judged, key });
    else settled.set(of, withLate(judged, held));
  }
  for (const batch of batchesOf(open)) {
    for (const [of, judged] of await judgeLate(judging, batch, settling)) settled.set(of, judged);
  }
  return settled;
}

interface Open {
  readonly of: Origin;
  readonly judged: JudgedSource;
  /** Of the cache. */
  readonly key: string;
}

/** Manifests that are asked about in one call. */
const batchSize = 128;

function* batchesOf(open: readonly Open[]): Generator<readonly Open[]> {
  let batch: Open[] = [];
  let manifests = 0;
  for (const one of open) {
    batch.push(one);
    manifests += one.judged.manifests.length;
    if (manifests < batchSize) continue;
    yield batch;
    batch = [];
    manifests = 0;
  }
  if (batch.length > 0) yield batch;
}

/** An origin whose facts are known, with what was asked about each manifest; undefined for one that awaits nothing. */
interface Asked extends Open {
  readonly questions: readonly (Question | undefined)[];
  /** Reads the origin, for the places of values. */
  readonly read: () => Promise<Reading>;
}

async function judgeLate(
  judging: Judging,
  batch: readonly Open[],
  settling: Settling,
): Promise<readonly (readonly [Origin, JudgedSource])[]> {
  const asked: Asked[] = [];
  for (const one of batch) asked.push(await askAbout(judging, one, settling));
  const answers = await askJudge(judging.judges.judge, asked, settling.facts);
  const done: (readonly [Origin, JudgedSource])[] = [];
  for (const one of asked) {
    const { late, transient } = await lateJudgement(judging.judges, one, answers, settling.facts);
    if (isLasting(late.problems, transient)) judging.cache?.late.set(one.key, late);
    done.push([one.of, withLate(one.judged, late)]);
  }
  return done;
}

/** What comes from the cache is read again, since its content is not kept. */
async function askAbout(judging: Judging, one: Open, { kept, ask }: Settling): Promise<Asked> {
  let reading: Promise<Reading> | undefined;
  const readOnce = async (): Promise<Reading> => {
    const origin = kept.get(one.of) ?? (await readAgain(judging, one.of));
    if (origin.kind === "done") throw new Error("what was judged has no content any more");
    return origin.reading;
  };
  const read = (): Promise<Reading> => (reading ??= readOnce());
  const { manifests } = one.judged;
  const isWhole = manifests.every(({ awaits, manifest }) => awaits === undefined || manifest !== undefined);
  const contents = isWhole ? manifests.map(({ manifest }) => manifest) : (await read()).manifests;
  const questions = manifests.map(({ awaits }, index) => {
    const content = contents[index];
    if (awaits === undefined) return undefined;
    if (content === undefined) throw new Error("a manifest that awaits facts has no content");
    return ask(content);
  });
  return { ...one, questions, read };
}

/** The answers of the judge, by the question without facts. */
async function askJudge(
  judge: Judge,
  asked: readonly Asked[],
  facts: Facts,
): Promise<ReadonlyMap<Question, Judgement>> {
  const open = asked.flatMap(({ judged, questions }) =>
    questions.flatMap((question, index) => {
      const keys = judged.manifests[index]?.awaits?.find(({ by }) => by === "judge")?.keys;
      if (question === undefined || keys === undefined) return [];
      return [{ question, known: facts.reaching(question.manifest.environment, keys) }];
    }),
  );
  if (open.length === 0) return new Map();
  const judgements = await judge.judge(open.map(({ question, known }) => ({ ...question, facts: known })));
  if (judgements.length !== open.length) throw new Error("the judge did not answer every question");
  return new Map(
    judgements.flatMap((judgement, at) => {
      const question = open[at]?.question;
      return question === undefined ? [] : [[question, judgement] as const];
    }),
  );
}

async function lateJudgement(
  { builtins }: Judges,
  { judged, questions, read }: Asked,
  answers: ReadonlyMap<Question, Judgement>,
  facts: Facts,
): Promise<{ readonly late: LateJudgement; readonly transient?: true }> {
  const found = judged.manifests.map(({ awaits = [] }, index): Found | undefined => {
    const question = questions[index];
    if (question === undefined) return undefined;
    const { manifest } = question;
    const ofChecks = awaits.flatMap(({ by, keys }) =>
      by === "judge"
        ? []
        : (builtins[by]?.ofManifest?.(manifest, facts.reaching(manifest.environment, keys).facts) ?? []),
    );
    const answer = answers.get(question) ?? silent;
    const violations = [...answer.violations, ...ofChecks];
    const masked = withoutSecrets({ ...answer, violations }, question);
    return { manifest, unmasked: violations, masked };
  });
  const problems = found.flatMap((one) => (one === undefined ? [] : problemsOf(one)));
  if (found.every((one) => one === undefined || (one.unmasked.length === 0 && one.masked.excepted.length === 0)))
    return { late: { manifests: [], problems } };
  const reading = await read();
  const prepared = await reading.prepare?.();
  const manifests = found.map((one, index): LateManifest => {
    // Places are known by the very objects that were read.
    const manifest = reading.manifests[index];
    if (manifest === undefined || one === undefined) return { violations: [], excepted: 0 };
    const { unmasked, masked } = one;
    return {
      violations: locateViolations(reading, manifest, { shown: masked.violations, unmasked }),
      excepted: masked.excepted.length,
    };
  });
  return { late: { manifests, problems }, ...prepared };
}

interface Found {
  readonly manifest: Manifest;
  readonly unmasked: readonly Violation[];
  readonly masked: Judgement;
}

const silent: Judgement = { violations: [], excepted: [], problems: [] };

function problemsOf({ manifest: { position }, masked }: Found): readonly Problem[] {
  return masked.problems.map((problem) => ({ ...problem, path: position.path, line: position.line }));
}

/** The source with what was found late. */
function withLate(judged: JudgedSource, late: LateJudgement): JudgedSource {
  if (late.manifests.length === 0 && late.problems.length === 0) return judged;
  const manifests = judged.manifests.map((manifest, index) => {
    const { violations = [], excepted = 0 } = late.manifests[index] ?? {};
    if (violations.length === 0 && excepted === 0) return manifest;
    return {
      ...manifest,
      violations: [...manifest.violations, ...violations],
      excepted: manifest.excepted + excepted,
    };
  });
  return { ...judged, manifests, problems: [...judged.problems, ...late.problems] };
}
