import { existsSync, realpathSync, statSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { pathFrom } from "../../config/config-file-sources.ts";
import type { ConfigAccess } from "../../rego/dialects/config-values.ts";
import { directoryTree } from "../../tree/directory-tree.ts";
import { repositoryTop } from "../../tree/repository-top.ts";
import { isUnder } from "../paths.ts";

/**
 * Reads the configuration files that tests below `root` name: those of the working directory or of the repository that holds
 * the test, else those below the test's own directory. Links are not followed.
 */
export function configReader(root: string, cwd: string): ConfigAccess["read"] {
  return async (module, written) => {
    const path = pathFrom(module, written);
    if (path === undefined) return undefined;
    const directory = dirname(join(root, module));
    const tops = [cwd, repositoryTop(directory) ?? directory].map((top) => relative(root, top).split(sep).join("/"));
    if (
      !isUnder(
        path,
        tops.filter((top) => !top.startsWith("..")),
      )
    )
      return undefined;
    const file = join(root, path);
    // Through a link, also of a directory on the way, a path leads elsewhere.
    if (!existsSync(file) || realpathSync(file) !== join(realpathSync(root), path)) return undefined;
    return statSync(file).isFile() ? directoryTree(root).read(path) : undefined;
  };
}
