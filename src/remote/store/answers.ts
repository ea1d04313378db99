import { createHash } from "node:crypto";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { digestOf, isDigest, touch } from "./blobs.ts";
import { writeWhole } from "./write-whole.ts";

/** What a question was answered last: which version, with which content, and by what its server knows that again. */
export interface Answer {
  readonly version: string;
  /** `sha256:…`, or the id of a commit. */
  readonly digest: string;
  /** The digest of the content, where `digest` is another's. */
  readonly content?: string;
  readonly etag?: string;
  readonly lastModified?: string;
}

/** The last answers, by question. */
export interface Answers {
  read(question: string): Promise<Answer | undefined>;
  put(question: string, answer: Answer): Promise<void>;
}

/** Opens the answers below a directory. `onWrite` is told how many bytes were written. */
export function openAnswers(directory: string, onWrite: (bytes: number) => Promise<void>): Answers {
  const pathOf = (question: string): string => {
    const hex = createHash("sha256").update(question).digest("hex");
    return join(directory, "answers", hex.slice(0, 2), hex);
  };
  return {
    read: async (question) => {
      const path = pathOf(question);
      const text = await readFile(path, "utf8").catch(() => undefined);
      if (text === undefined) return undefined;
      const answer = unseal(text, question);
      if (answer === undefined) await rm(path, { force: true });
      else await touch(path);
      return answer;
    },
    put: async (question, answer) => {
      const bytes = seal(question, answer);
      if (await writeWhole(directory, pathOf(question), bytes)) await onWrite(bytes.length);
    },
  };
}

/** The digest of what follows, so that damage shows, and the answer with its question. */
function seal(question: string, answer: Answer): Uint8Array {
  const content = JSON.stringify({ question, answer });
  return Buffer.from(`${digestOf(Buffer.from(content))}\n${content}`);
}

function unseal(text: string, question: string): Answer | undefined {
  const end = text.indexOf("\n");
  const content = text.slice(end + 1);
  if (digestOf(Buffer.from(content)) !== text.slice(0, Math.max(0, end))) return undefined;
  const sealed = JSON.parse(content) as { readonly question: string; readonly answer: Answer };
  return sealed.question === question && (isDigest(sealed.answer.digest) || isCommit(sealed.answer.digest))
    ? sealed.answer
    : undefined;
}

function isCommit(text: string): boolean {
  return /^[0-9a-f]{40}$/.test(text);
}
