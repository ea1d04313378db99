import { Octokit, RequestError } from "octokit";
import { createFetch } from "../github/clients.ts";
import { failureOf } from "../github/failure.ts";

/** A client of GitHub's API for one run of the command line. The caller must close it. */
export function openGitHub(token: string): { readonly octokit: Octokit; close(): Promise<void> } {
  const network = createFetch();
  const octokit = new Octokit({
    auth: token,
    baseUrl: process.env["GITHUB_API_URL"] ?? "https://api.github.com",
    userAgent: "portcullis",
    request: { fetch: network.fetch },
    log: { debug: silent, info: silent, warn: silent, error: silent },
  });
  return { octokit, close: () => network.close() };
}

/** Why GitHub did not answer; undefined for an error of another kind. */
export function whyNoAnswer(error: unknown): string | undefined {
  const failure = failureOf(error);
  if (failure === undefined) return undefined;
  const reason = failure.kind === "limited" ? `rate limit, try in ${failure.seconds} s` : failure.reason;
  return `${reason}${error instanceof RequestError ? ` (${error.message})` : ""}`;
}

function silent(): void {}
