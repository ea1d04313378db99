import type { Judge, Question } from "../model/judge.ts";
import type { Manifest } from "../model/manifest.ts";
import type { Problem } from "../model/problem.ts";
import type { Tree } from "../model/tree.ts";
import type { Judgement } from "../model/violation.ts";
import { tooLarge, type FileReading } from "../render/read-file.ts";
import { readEach, type PathReading } from "../render/read-each.ts";
import { readScoped } from "../render/read-scoped.ts";
import type { Role, ScopedFile } from "../render/role.ts";
import type { JudgedFile, JudgedManifest } from "./cache.ts";
import { fingerprintOf } from "./fingerprint.ts";
import { withoutSecrets } from "./mask-secret.ts";

/** A file in scope with what stands in it; `done` where there is nothing to ask a judge. */
export type ReadFile =
  | { readonly kind: "done"; readonly file: ScopedFile; readonly judged: JudgedFile }
  | { readonly kind: "read"; readonly file: ScopedFile; readonly reading: FileReading };

/** Manifests asked about in one call: enough to keep workers busy, few enough to keep memory flat. */
const batchSize = 128;
/** Calls under way while the next files are read. */
const batchesUnderWay = 4;

/** Reads files of a tree, each according to its role, in their order. */
export async function* readFiles(tree: Tree, files: readonly ScopedFile[]): AsyncGenerator<ReadFile> {
  const isRead = ({ entry, role }: ScopedFile): boolean =>
    role.kind !== "skip" && role.kind !== "problem" && role.kind !== "rendered" && tooLarge(entry.size) === undefined;
  const readings = readEach(
    tree,
    files.filter(isRead).map(({ entry }) => entry.path),
  );
  for (const file of files) {
    const { role } = file;
    const { path, size } = file.entry;
    if (role.kind === "skip") yield { kind: "done", file, judged: skipped(role) };
    else if (role.kind === "rendered") yield { kind: "done", file, judged: nothing };
    else if (role.kind === "problem") {
      yield { kind: "done", file, judged: failed({ stage: "read", path, message: role.message }) };
    } else if (tooLarge(size) !== undefined) {
      yield { kind: "done", file, judged: failed({ stage: "read", path, line: 1, message: tooLarge(size) ?? "" }) };
    } else {
      const next = await readings.next();
      if (next.done === true) throw new Error(`the tree did not answer for ${path}`);
      yield readOne(file, role, next.value);
    }
  }
}

function readOne(
  file: ScopedFile,
  role: Role & { readonly kind: "plain" | "chart" | "used" },
  got: PathReading,
): ReadFile {
  const { path } = file.entry;
  if (got.kind === "failed")
    return { kind: "done", file, judged: failed({ stage: "read", path, message: got.message }) };
  const scoped = readScoped(path, role, got.bytes);
  if (scoped.kind === "skipped") return { kind: "done", file, judged: skipped(scoped) };
  return { kind: "read", file, reading: scoped.reading };
}

/** Asks the judge about every manifest of the files, as `ask` puts it, and hands each file on as soon as it is judged. */
export async function judgeFiles(
  judge: Judge,
  files: AsyncIterable<ReadFile> | Iterable<ReadFile>,
  ask: (manifest: Manifest) => Question,
  hand: (file: ScopedFile, judged: JudgedFile) => void,
): Promise<void> {
  const underWay = new Set<Promise<void>>();
  let batch: (ReadFile & { kind: "read" })[] = [];
  let manifests = 0;
  const send = (): void => {
    const sent = judgeBatch(judge, batch, ask, hand).finally(() => underWay.delete(sent));
    underWay.add(sent);
    batch = [];
    manifests = 0;
  };
  try {
    for await (const file of files) {
      if (file.kind === "done") hand(file.file, file.judged);
      else {
        batch.push(file);
        manifests += file.reading.manifests.length;
      }
      if (manifests >= batchSize) send();
      if (underWay.size >= batchesUnderWay) await Promise.race(underWay);
    }
    if (batch.length > 0) send();
  } finally {
    await Promise.all(underWay);
  }
}

async function judgeBatch(
  judge: Judge,
  files: readonly (ReadFile & { kind: "read" })[],
  ask: (manifest: Manifest) => Question,
  hand: (file: ScopedFile, judged: JudgedFile) => void,
): Promise<void> {
  const questions = files.flatMap(({ reading }) => reading.manifests.map(ask));
  const judgements = questions.length === 0 ? [] : await judge.judge(questions);
  if (judgements.length !== questions.length) throw new Error("the judge did not answer every question");
  let at = 0;
  for (const { file, reading } of files) {
    const end = at + reading.manifests.length;
    hand(file, judgedFile(reading, judgements.slice(at, end), questions.slice(at, end)));
    at = end;
  }
}

function judgedFile(
  reading: FileReading,
  judgements: readonly Judgement[],
  questions: readonly Question[],
): JudgedFile {
  const manifests: JudgedManifest[] = [];
  const problems: Problem[] = [...reading.problems];
  reading.manifests.forEach(({ identity, apiVersion, position, environment, source }, index) => {
    const [judgement, question] = [judgements[index], questions[index]];
    if (judgement === undefined || question === undefined) throw new Error("a manifest without an answer");
    // A fingerprint tells one secret from the next; what people read does not.
    const said = withoutSecrets(judgement, question);
    manifests.push({
      identity,
      apiVersion,
      position,
      ...(environment === undefined ? {} : { environment }),
      ...(source === undefined ? {} : { source }),
      violations: said.violations.map((violation, at) => ({
        violation,
        place: reading.place(position, violation.cause.pointer),
        fingerprint: fingerprintOf(judgement.violations[at] ?? violation, identity, environment),
      })),
      excepted: said.excepted.length,
    });
    for (const problem of said.problems) problems.push({ ...problem, path: position.path, line: position.line });
  });
  const skippedParts = reading.notManifests.map(({ line, reason }) => ({
    line,
    reason: `no Kubernetes object: ${reason}`,
  }));
  const sealed = reading.encrypted === undefined ? [] : [{ line: 1, reason: reading.encrypted.reason }];
  return { manifests, skipped: [...sealed, ...skippedParts], problems };
}

function skipped({ reason, unrendered }: { readonly reason: string; readonly unrendered?: true }): JudgedFile {
  return { skippedAs: reason, ...(unrendered ? { unrendered } : {}), manifests: [], skipped: [], problems: [] };
}

const nothing: JudgedFile = { manifests: [], skipped: [], problems: [] };

function failed(problem: Problem): JudgedFile {
  return { manifests: [], skipped: [], problems: [problem] };
}
