import { CONFIG_FILE, MISNAMED_CONFIG_FILE } from "../../config/config-file.ts";
import type { RepositoryClient } from "../../github/repository-client.ts";
import type { Repository } from "../../store/repositories.ts";
import type { UsesStore } from "../services.ts";

/**
 * Whether a repository without a portcullis.yaml on its default branch had one there before, and so is enrolled. GitHub
 * is asked once, as what is stored says it from then on; the rules of the last commit that had one are in force then.
 */
export async function wasEnrolled(
  services: UsesStore<"recordHistory">,
  github: Pick<RepositoryClient, "readLastChange">,
  { id, owner, name, historyRead }: Repository,
): Promise<boolean> {
  if (historyRead) return false;
  for (const path of [CONFIG_FILE, MISNAMED_CONFIG_FILE]) {
    const removal = await github.readLastChange({ owner, repo: name }, path);
    if (removal === undefined) continue;
    await services.store.recordHistory(id, removal.parent ?? removal.commit);
    return true;
  }
  await services.store.recordHistory(id, undefined);
  return false;
}
