import type { Problem } from "../model/problem.ts";
import { runGit } from "./run-git.ts";

/** A commit id, or why there is none. */
export type Resolution =
  | { readonly kind: "commit"; readonly id: string }
  | { readonly kind: "problem"; readonly problem: Problem };

/**
 * Finds the commit of a revision in a repository; if there is none, the problem suggests what to fetch. A name is that of a
 * branch, else of a branch of a remote, never of a tag: Git itself prefers tags, and anyone who may push one could then
 * choose the base.
 */
export async function resolveRevision(directory: string, revision: string): Promise<Resolution> {
  const [, name = "", suffix = ""] = /^([^~^@:]*)(.*)$/s.exec(revision) ?? [];
  if (!isName(name)) return commitOrProblem(directory, revision);
  const full = await fullNameOf(directory, name);
  if (full.kind === "problem") return full;
  return commitOrProblem(directory, `${full.name}${suffix}`, revision);
}

/** Whether Git would look for a branch or a tag of this name, and not only at a place that the name gives. */
function isName(name: string): boolean {
  return (
    name !== "" &&
    !/^(?:-|refs\/)/.test(name) &&
    !/^[A-Z_]*HEAD$/.test(name) &&
    !/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(name)
  );
}

type FullName = { readonly kind: "name"; readonly name: string } | Extract<Resolution, { readonly kind: "problem" }>;

async function fullNameOf(directory: string, name: string): Promise<FullName> {
  const listed = await runGit(directory, [
    "for-each-ref",
    "--format=%(objectname) %(refname)",
    `refs/heads/${name}`,
    `refs/remotes/${name}`,
    `refs/remotes/*/${name}`,
    `refs/tags/${name}`,
    `refs/${name}`,
  ]);
  const ids = new Map(
    listed.stdout
      .split("\n")
      .flatMap((line) => (line === "" ? [] : [[line.slice(line.indexOf(" ") + 1), line.slice(0, line.indexOf(" "))]])),
  );
  const exact = [`refs/heads/${name}`, `refs/remotes/${name}`, `refs/${name}`].filter((ref) => ids.has(ref));
  const remotes = [...ids.keys()].filter(
    (ref) => /^refs\/remotes\/[^/]+\//.test(ref) && ref.replace(/^refs\/remotes\/[^/]+\//, "") === name,
  );
  const found = exact.length > 0 ? exact : remotes;
  if (new Set(found.map((ref) => ids.get(ref))).size > 1)
    return {
      kind: "problem",
      problem: problem(
        `"${name}" is ambiguous in ${directory}: ${found.join(" and ")} are different commits; give the full name`,
      ),
    };
  const [first] = found;
  if (first !== undefined) return { kind: "name", name: first };
  if (!ids.has(`refs/tags/${name}`)) return { kind: "name", name };
  return {
    kind: "problem",
    problem: problem(`"${name}" is a tag in ${directory}, not a branch: to judge from the tag, give refs/tags/${name}`),
  };
}

async function commitOrProblem(directory: string, revision: string, shown = revision): Promise<Resolution> {
  const id = await commitOf(directory, revision);
  if (id !== undefined) return { kind: "commit", id };
  const shallow = (await runGit(directory, ["rev-parse", "--is-shallow-repository"])).stdout.trim() === "true";
  const fetch = shallow ? ": this clone is shallow, fetch the revision first" : "";
  return { kind: "problem", problem: problem(`"${shown}" names no commit in ${directory}${fetch}`) };
}

async function commitOf(directory: string, revision: string): Promise<string | undefined> {
  if (revision === "" || revision.startsWith("-")) return undefined;
  const { code, stdout } = await runGit(directory, [
    "rev-parse",
    "--verify",
    "--quiet",
    "--end-of-options",
    `${revision}^{commit}`,
  ]);
  return code === 0 ? /^[0-9a-f]{40,64}$/m.exec(stdout)?.[0] : undefined;
}

/** A problem with Git itself, which concerns no file of the tree. */
export function problem(message: string): Problem {
  return { stage: "read", message };
}
