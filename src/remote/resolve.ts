import type { RemoteContent } from "../model/remotes.ts";
import type { Tree } from "../model/tree.ts";
import { oneLine, RemoteFailure } from "./failure.ts";
import type { Job } from "./job.ts";
import type { Answer } from "./store/answers.ts";
import { digestOf } from "./store/blobs.ts";

/** What a server says that a reference names. */
export interface Resolved {
  readonly version: string;
  /** What the reference named, where that is not the content itself: the manifest of an artifact. */
  readonly digest?: string;
  /** The content's digest. Absent: known once it is downloaded. */
  readonly content?: string;
  readonly download: () => Promise<Uint8Array>;
}

/** How one reference is answered. */
interface Resolution {
  /** What the reference is stored under. */
  readonly question: string;
  /** Names its content in messages. */
  readonly what: string;
  /** Whether an answer can be no other when it is asked for again. */
  readonly isPinned: (answer: Answer) => boolean;
  readonly ask: () => Promise<Resolved>;
  /** Makes files of the content. */
  readonly unpack: (bytes: Uint8Array) => Promise<Tree>;
  /** Names `unpack`: content that is unpacked alike is unpacked once. */
  readonly layout: string;
}

/**
 * Answers a reference: from the store where it is pinned, else from its server, and from the store again while the
 * server does not answer.
 */
export async function resolve(job: Job, resolution: Resolution): Promise<RemoteContent> {
  const last = await job.store.answers.read(resolution.question);
  const kept = async (): Promise<RemoteContent | undefined> => {
    const content = last?.content ?? last?.digest;
    const bytes = content === undefined ? undefined : await job.store.blobs.read(content);
    if (last === undefined || content === undefined || bytes === undefined) return undefined;
    return { version: last.version, digest: last.digest, tree: await unpacked(job, resolution, content, bytes) };
  };
  if (last !== undefined && resolution.isPinned(last)) {
    const content = await kept();
    if (content !== undefined) return content;
  }
  try {
    return await fetched(job, resolution);
  } catch (error) {
    const content = error instanceof RemoteFailure && error.kind === "unanswered" ? await kept() : undefined;
    if (content === undefined) throw error;
    return { ...content, stale: true };
  }
}

async function fetched(job: Job, resolution: Resolution): Promise<RemoteContent> {
  const { question, what, ask } = resolution;
  const { version, digest, content: stated, download } = await ask();
  const stored = stated === undefined ? undefined : await job.store.blobs.read(stated);
  const bytes = stored ?? (await download());
  const content = digestOf(bytes);
  if (stated !== undefined && content !== stated) {
    throw new RemoteFailure("absent", `${what} has the digest ${content}, and its server says ${oneLine(stated)}`);
  }
  const tree = await unpacked(job, resolution, content, bytes);
  if (stored === undefined) await job.store.blobs.put(bytes);
  await job.store.answers.put(question, { version, digest: digest ?? content, content });
  return { version, digest: digest ?? content, tree };
}

async function unpacked(job: Job, { layout, unpack }: Resolution, digest: string, bytes: Uint8Array): Promise<Tree> {
  return job.once(JSON.stringify(["tree", layout, digest]), async () => {
    const tree = await unpack(bytes);
    job.hold((await tree.list()).reduce((sum, { size = 0 }) => sum + size, 0));
    return tree;
  });
}
