import { readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import type { SimulatedGitHub } from "../support/github/server.ts";
import { directoryWith, git, write } from "../cli/run-portcullis.ts";

type Files = { readonly [path: string]: string };

const REPOSITORIES = fileURLToPath(new URL("../../../fixtures/repos", import.meta.url));

/** The files of an example: of its default branch (`base`), or what one of its changes replaces and adds. */
export function example(way: string, part = "base"): Files {
  const root = join(REPOSITORIES, way, part);
  const entries = readdirSync(root, { recursive: true, withFileTypes: true });
  return Object.fromEntries(
    entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [relative(root, path).split(sep).join("/"), readFileSync(path, "utf8")]),
  );
}

/** The same as a repository of a simulated GitHub holds it: its GitOps objects name it as that GitHub does. */
export function exampleOn(github: SimulatedGitHub, way: string, part = "base"): Files {
  const own = new URL(github.apiUrl).origin;
  return Object.fromEntries(
    Object.entries(example(way, part)).map(([path, text]) => [path, text.replaceAll("https://github.com", own)]),
  );
}

/** A Git repository with the example on `main`, and its change committed on the branch that is checked out. */
export function repositoryOf(way: string, change: string): string {
  const directory = directoryWith(example(way));
  git(directory, "init", "--quiet", "--initial-branch=main");
  git(directory, "add", "--all");
  git(directory, "commit", "--quiet", "--message=base");
  git(directory, "switch", "--quiet", "--create=change");
  write(directory, example(way, change));
  git(directory, "add", "--all");
  git(directory, "commit", "--quiet", "--message=change");
  return directory;
}
