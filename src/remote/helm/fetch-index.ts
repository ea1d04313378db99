import { askUnlessKept } from "../ask-unless-kept.ts";
import { authorizationOf } from "../credentials/credential.ts";
import { shown } from "../failure.ts";
import type { Job } from "../job.ts";
import { readIndex, type ChartIndex } from "./read-index.ts";

/** Fetches the index of a repository. */
export async function fetchIndex(repository: URL, job: Job): Promise<ChartIndex> {
  const what = `the index of ${shown(repository)}`;
  const url = new URL(repository);
  url.pathname = `${url.pathname.replace(/\/+$/, "")}/index.yaml`;
  const authorization = authorizationOf(await job.credentials(repository.href));
  const bytes = await askUnlessKept(
    {
      url: url.href,
      what,
      maxBytes: job.limits.indexBytes,
      inflate: true,
      ...(authorization === undefined ? {} : { authorization }),
    },
    job,
  );
  job.hold(bytes.length);
  return readIndex(new TextDecoder().decode(bytes), what);
}
