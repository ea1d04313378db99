import { otherRepository, repositoryNamedBy, withoutUser } from "../../repository-url.ts";
import { unseenRevision } from "../../revision.ts";
import { generateFromDirectories } from "./git-directories.ts";
import { generateFromFiles } from "./git-files.ts";
import type { Generator } from "./generation.ts";

/** `git`: one parameter set for each matching directory or file of this repository. */
export const gitGenerator: Generator = async (options, generation, level) => {
  const { diagnostics, context } = generation;
  const url = options.text("repoURL");
  const repository = repositoryNamedBy(url, context.repositories);
  if (repository === "other") {
    diagnostics.gap(`${options.pointer}/repoURL`, `not generated: it reads ${otherRepository(url)}`);
    return undefined;
  }
  const directories = options.objects("directories").length > 0;
  if (!directories && options.objects("files").length === 0) {
    diagnostics.problem(options.pointer, "a git generator needs directories or files");
    return undefined;
  }
  const sets = await (directories ? generateFromDirectories : generateFromFiles)(options, generation, level);
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
