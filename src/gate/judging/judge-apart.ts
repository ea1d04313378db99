import { readEach } from "../../render/files/read-each.ts";
import type { ScopedFile, Target } from "../../render/files/role.ts";
import type { Tree } from "../../model/tree.ts";
import type { JudgedSource } from "../judged-source.ts";
import { targetsOf, type Landing } from "../reading.ts";
import type { FileToJudge, ShareAnswer, ShareJudge } from "./judge-share.ts";
import { isRead } from "./read-origins.ts";
import type { ReadRole } from "./read-origin.ts";

/** Threads that judge shares of a tree's files. */
export interface JudgingThreads {
  /** The judge of a thread that has room for one more share; undefined while all are busy. */
  free(): ShareJudge | undefined;
}

/** What judging files in shares needs. */
export interface ApartContext {
  readonly tree: Tree;
  readonly landing: Landing;
  readonly threads: JudgingThreads;
  /** Judges a share in this thread. */
  readonly here: ShareJudge;
  /** Told how many manifests a file yields; what it throws ends the judgement. */
  readonly onRead: (file: ScopedFile, manifests: number) => void;
}

/** From this number of files on, sharing them costs less than it brings. */
const fewestFiles = 1_500;
const filesOfShare = 64;
const bytesOfShare = 512 * 1024;

/** Whether a number of files is worth judging in shares. */
export function isWorthSharing(files: number): boolean {
  return files >= fewestFiles;
}

/**
 * Judges files in shares, some in other threads and some in this one, and passes each to `hand`, in any order. Returns
 * those that were not judged: what is judged with regard to the rest of the tree, and all of them where a rule ran out of
 * time or memory, since the answers must not depend on how files were shared. Those are judged one after the other.
 */
export async function judgeApart(
  context: ApartContext,
  files: readonly ScopedFile[],
  hand: (file: ScopedFile, judged: JudgedSource) => void,
): Promise<readonly ScopedFile[]> {
  const left: ScopedFile[] = [];
  const judged: (readonly [ScopedFile, JudgedSource])[] = [];
  const errors: unknown[] = [];
  let isSettled = true;
  const take = (share: readonly Shared[], answer: ShareAnswer): void => {
    if (answer.kind === "unsettled") isSettled = false;
    else if (answer.kind === "large") left.push(...share.map(({ file }) => file));
    else {
      for (const [index, { file }] of share.entries()) {
        const one = answer.files[index];
        if (one === undefined) throw new Error(`${file.entry.path} was not judged`);
        context.onRead(file, one.manifests.length);
        judged.push([file, one]);
      }
    }
  };
  const underWay = new Set<Promise<void>>();
  for await (const share of sharesOf(context, files, left)) {
    const thread = context.threads.free();
    const sent = (thread ?? context.here)(share.map(({ toJudge }) => toJudge))
      .then((answer) => take(share, answer))
      .catch((error: unknown) => void errors.push(error))
      .finally(() => underWay.delete(sent));
    underWay.add(sent);
    if (thread === undefined) await sent;
    if (!isSettled || errors.length > 0) break;
  }
  await Promise.all(underWay);
  if (errors.length > 0) throw errors[0];
  if (!isSettled) return files;
  for (const [file, one] of judged) hand(file, one);
  return left;
}

interface Shared {
  readonly file: ScopedFile;
  readonly toJudge: FileToJudge;
}

/** Reads files and groups them; those that are judged otherwise go to `left`. */
async function* sharesOf(
  { tree, landing }: ApartContext,
  files: readonly ScopedFile[],
  left: ScopedFile[],
): AsyncGenerator<readonly Shared[]> {
  const shared: (readonly [ScopedFile, ReadRole, readonly Target[]])[] = [];
  for (const file of files) {
    const targets = targetsOf(file, landing);
    if (!isRead(file) || targets.some(({ namespace }) => namespace !== undefined)) left.push(file);
    else shared.push([file, file.role as ReadRole, targets]);
  }
  let share: Shared[] = [];
  let bytes = 0;
  let at = 0;
  const paths = shared.map(([{ entry }]) => entry.path);
  for await (const reading of readEach(tree, paths)) {
    const [file, role, targets] = shared[at] ?? [];
    at += 1;
    if (file === undefined || role === undefined || targets === undefined) throw new Error("a file too many was read");
    if (reading.kind === "failed") {
      left.push(file);
      continue;
    }
    share.push({ file, toJudge: { path: reading.path, role, targets, bytes: reading.bytes } });
    bytes += reading.bytes.length;
    if (share.length < filesOfShare && bytes < bytesOfShare) continue;
    yield share;
    share = [];
    bytes = 0;
  }
  if (share.length > 0) yield share;
}
