import { afterAll, afterEach, beforeAll, expect } from "@jest/globals";
import { startApp, type TestApp } from "../support/app.ts";
import { startGitHub, type SimulatedGitHub } from "../support/github/server.ts";
import type { PullRequest, Repository } from "../support/github/state.ts";

/** One simulated GitHub with one App for all tests of a file, and what those do with them. */
export interface SharedApp {
  readonly github: SimulatedGitHub;
  readonly app: TestApp;
  /** A repository of its own for a test. */
  repositoryWith(files: { readonly [path: string]: string }): Promise<Repository>;
  /** What the check on a pull request says when nothing is left to do. */
  verdict(pull: PullRequest): Promise<{ conclusion: string | null; title: string; summary: string }>;
  /** Fails where a line of the log holds what it must not. */
  expectSecretsUnlogged(payload: string): void;
}

/** Starts both before the tests of this file and stops them afterwards; nothing may break GitHub's description. */
export function shareApp(): SharedApp {
  let github: SimulatedGitHub;
  let app: TestApp;
  let count = 0;
  beforeAll(async () => {
    github = await startGitHub();
    app = await startApp(github);
  });
  afterAll(async () => {
    await app.stop();
    await github.close();
  });
  afterEach(() => expect(github.violations).toEqual([]));
  return {
    get github() {
      return github;
    },
    get app() {
      return app;
    },
    repositoryWith: (files) => github.createRepository({ fullName: `acme/closed-${++count}`, files }),
    async verdict(pull) {
      await app.idle();
      const run = await app.concluded(pull);
      return { conclusion: run.conclusion, title: run.title ?? "", summary: run.summary ?? "" };
    },
    expectSecretsUnlogged(payload) {
      const log = app.log.join("");
      expect(log).not.toMatch(/gh[a-z]_[A-Za-z0-9]/);
      expect(log).not.toContain("PRIVATE KEY");
      expect(log).not.toContain(github.webhookSecret);
      expect(log).not.toContain(payload);
    },
  };
}
