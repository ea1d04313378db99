import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

/** The deepest directory at or above `directory` that contains `.git`; undefined outside every repository. */
export function repositoryTop(directory: string): string | undefined {
  for (let at = directory; ; at = dirname(at)) {
    if (existsSync(join(at, ".git"))) return at;
    if (dirname(at) === at) return undefined;
  }
}
