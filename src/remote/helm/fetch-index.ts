import { askUnlessKept } from "../ask-unless-kept.ts";
import { authorizationOf } from "../credentials/credential.ts";
import type { Job } from "../job.ts";

/** The text of a repository's index. */
export async function fetchIndex(repository: URL, what: string, job: Job): Promise<string> {
  const url = new URL(repository);
  url.pathname = `${url.pathname.replace(/\/+$/, "")}/index.yaml`;
  const authorization = authorizationOf(await job.credentials(repository.href));
  const bytes = await askUnlessKept(
    { url: url.href, what, maxBytes: job.limits.indexBytes, ...(authorization === undefined ? {} : { authorization }) },
    job,
  );
  return new TextDecoder().decode(bytes);
}
