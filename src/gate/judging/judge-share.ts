import { readScoped } from "../../render/files/read-scoped.ts";
import type { Target } from "../../render/files/role.ts";
import type { JudgedSource } from "../judged-source.ts";
import { fileReading, type ReadOrigin } from "../reading.ts";
import { readByRole, type ReadRole } from "./read-origin.ts";
import { created, judgeOrigins, type Judges } from "./judge-origins.ts";

/** A file that is judged by itself: all that its judgement depends on, besides the policies. */
export interface FileToJudge {
  readonly path: string;
  readonly role: ReadRole;
  /** Where it lands, without namespaces: those depend on the CRDs of the tree. */
  readonly targets: readonly Target[];
  readonly bytes: Uint8Array;
}

/**
 * The judgements of the files of a share, in order. `large`: they yield so many manifests that nothing was judged.
 * `unsettled`: a rule ran out of time or memory, and what comes after is judged without it, so that the answers depend on
 * the order of the files.
 */
export type ShareAnswer =
  | { readonly kind: "judged"; readonly files: readonly JudgedSource[] }
  | { readonly kind: "large" }
  | { readonly kind: "unsettled" };

/** Judges files as new, wherever it runs. */
export type ShareJudge = (share: readonly FileToJudge[]) => Promise<ShareAnswer>;

/** Of one share. Beyond it, each file is read, counted against the limits and judged before the next. */
const mostManifests = 20_000;

/** Makes a judge of shares from a judge of manifests. */
export function shareJudge(judges: Judges): ShareJudge {
  return async (share) => {
    const read = share.map(readFile);
    const manifests = read.reduce((sum, one) => sum + (one.kind === "read" ? one.reading.manifests.length : 0), 0);
    if (manifests > mostManifests) return { kind: "large" };
    const judged = new Map<FileToJudge, JudgedSource>();
    await judgeOrigins(judges, read, created, (file, one) => judged.set(file, one));
    if (judges.judge.leavesOut?.() === true) return { kind: "unsettled" };
    return {
      kind: "judged",
      files: share.map((file) => {
        const one = judged.get(file);
        if (one === undefined) throw new Error(`${file.path} was not judged`);
        return one;
      }),
    };
  };
}

function readFile(file: FileToJudge): ReadOrigin<FileToJudge> {
  return readByRole(file, readScoped(file.path, file.role, file.bytes), (reading) =>
    fileReading(reading, file.targets, unasked),
  );
}

/** Only targets with a namespace ask. */
const unasked = { isClusterScoped: () => undefined };
