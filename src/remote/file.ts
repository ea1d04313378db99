import type { RemoteFile } from "../model/remotes.ts";
import { memoryTree } from "../tree/memory-tree.ts";
import { askUnlessKept } from "./ask-unless-kept.ts";
import { authorizationOf } from "./credentials/credential.ts";
import { RemoteFailure, shown } from "./failure.ts";
import { readUrl } from "./http/judge-url.ts";
import type { Job, Protocol } from "./job.ts";
import { resolve, type Resolved } from "./resolve.ts";
import { digestOf } from "./store/blobs.ts";

/** Fetches the file that a URL names. It may be another one whenever it is asked for, unless it is to stand. */
export const fetchFile: Protocol<RemoteFile> = async (reference, job) => {
  const url = readUrl(job.mirrored(reference.url), job.named);
  const what = shown(url);
  const name = url.pathname.split("/").at(-1) || "index";
  return resolve(job, {
    question: JSON.stringify(["file", url.href, ...(reference.digest === undefined ? [] : [reference.digest])]),
    what,
    isPinned: () => reference.once === true || reference.digest !== undefined,
    ask: () => ask(url, what, reference.digest, job),
    layout: JSON.stringify(["file", name]),
    unpack: async (bytes) => memoryTree({ [name]: bytes }, what),
  });
};

async function ask(url: URL, what: string, digest: string | undefined, job: Job): Promise<Resolved> {
  const authorization = authorizationOf(await job.credentials(url.href));
  const bytes = await askUnlessKept(
    {
      url: url.href,
      what,
      maxBytes: job.limits.archiveBytes,
      inflate: true,
      ...(authorization === undefined ? {} : { authorization }),
    },
    job,
  );
  const content = digestOf(bytes);
  if (digest !== undefined && content !== digest)
    throw new RemoteFailure("absent", `${what} is not what its digest says: it has ${content}`);
  return { version: "", content, download: async () => bytes };
}
