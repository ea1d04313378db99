import { RequestError } from "octokit";
import { HeldBack } from "../../../src/github/failure.ts";

/** What a request of GitHub's API rejects with. */
export function httpError(status: number, headers: { readonly [name: string]: string } = {}): RequestError {
  const request = { method: "GET", url: "https://api.github.example/", headers: {} } as const;
  return new RequestError(`HTTP ${status}`, status, {
    request,
    response: { status, url: request.url, headers: { ...headers }, data: {} },
  });
}

export const limited = (seconds = 60): Error => new HeldBack(seconds);

export function rejectWith(error: Error): () => Promise<never> {
  return () => Promise.reject(error);
}
