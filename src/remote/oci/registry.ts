import type { HttpAnswer, HttpRequest } from "../http/request.ts";
import type { Job } from "../job.ts";
import { authorize } from "./authorize.ts";
import type { OciRepository } from "./repository.ts";

/** Asks a registry for something below `/v2/NAME/` of a repository, and answers its challenge where it makes one. */
export async function askRegistry(
  repository: OciRepository,
  path: string,
  request: Pick<HttpRequest, "what" | "maxBytes" | "headers">,
  job: Job,
): Promise<HttpAnswer> {
  const url = new URL(path, `${repository.origin}/v2/${repository.name}/`).href;
  const key = `${repository.origin} ${repository.name}`;
  const known = job.authorizations.get(key);
  const first = await job.http.ask({ ...request, url, expected: [401], ...withHeader(known) });
  if (first.status === 200) return first;
  // Where it was sent on to, another server speaks, which has no claim to the registry's credentials.
  const isItself = first.url.origin === repository.origin;
  const authorization = isItself ? await authorize(repository, first.header("www-authenticate"), job) : undefined;
  // Without any it is asked once more, for the server's words.
  const answer = await job.http.ask({ ...request, url, ...withHeader(authorization) });
  if (authorization !== undefined) job.authorizations.set(key, authorization);
  return answer;
}

function withHeader(authorization: string | undefined): { readonly authorization?: string } {
  return authorization === undefined ? {} : { authorization };
}
