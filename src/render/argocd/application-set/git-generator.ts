import { rootedView } from "../rooted-view.ts";
import { revisionOf } from "../source-repository.ts";
import type { Fields } from "../fields.ts";
import { otherRepository, repositoryNamedBy, withoutUser } from "../../repository-url.ts";
import { unseenRevision } from "../../revision.ts";
import { generateFromDirectories } from "./git-directories.ts";
import { generateFromFiles } from "./git-files.ts";
import type { Generation, Generator } from "./generation.ts";

/** `git`: one parameter set for each matching directory or file of this repository. */
export const gitGenerator: Generator = async (options, generation, level) => {
  const { diagnostics, context } = generation;
  const url = options.text("repoURL");
  const repository = repositoryNamedBy(url, context.repositories);
  const directories = options.objects("directories").length > 0;
  if (!directories && options.objects("files").length === 0) {
    diagnostics.problem(options.pointer, "a git generator needs directories or files");
    return undefined;
  }
  const generate = directories ? generateFromDirectories : generateFromFiles;
  if (repository === "other") {
    const root = await fetchedRoot(options, url, generation);
    if (root === undefined) return undefined;
    const tree = rootedView(context.tree, root);
    const sets = await generate(options, { ...generation, context: { ...context, tree } }, level);
    // A file of another repository is none that a person here could change.
    const origin = { path: generation.places.path, line: generation.places.line(options.pointer), rank: 0 } as const;
    return sets?.map((set) => ({ ...set, origin }));
  }
  const sets = await generate(options, generation, level);
  if (sets?.length === 0 && repository === "unknown") {
    diagnostics.gap(
      `${options.pointer}/repoURL`,
      `not generated: nothing in this tree matches, so it is assumed to read another repository, ${withoutUser(url)}`,
    );
    return undefined;
  }
  const unseen = unseenRevision(options.text("revision"), context);
  if (unseen !== undefined) diagnostics.gap(`${options.pointer}/revision`, unseen);
  return sets;
};

/** Where the files of another repository are; undefined where `diagnostics` says why they are not at hand. */
async function fetchedRoot(
  options: Fields,
  url: string,
  { diagnostics, context }: Generation,
): Promise<string | undefined> {
  const revision = options.text("revision");
  const found = await context.remotes.fetch({ kind: "git", url, revision: revisionOf(revision) });
  if (found?.kind === "found") return found.directory;
  const pointer = `${options.pointer}/repoURL`;
  if (found === undefined) diagnostics.gap(pointer, `not generated: it reads ${otherRepository(url)}`);
  else if (found.kind === "refused") diagnostics.gap(pointer, `not generated: ${found.message}`, found.unpermitted);
  else diagnostics.problem(revision === "" ? pointer : `${options.pointer}/revision`, found.message);
  return undefined;
}
