import type { GitRevision, RemoteReference } from "../../model/remotes.ts";
import type { PlanContext } from "../gitops.ts";
import type { PlacedFetch } from "../plan.ts";
import { repositoryNamedBy } from "../repository-url.ts";
import { ungatedBranch, unseenRevision } from "../revision.ts";
import type { Diagnostics } from "./diagnostics.ts";
import type { Fields } from "./fields.ts";
import type { SourceRepository, WrittenPlace } from "./source-request.ts";

/** The repository of a source, with what was fetched of it. */
export interface FoundRepository extends SourceRepository {
  readonly fetched?: PlacedFetch;
}

/**
 * Finds the files of a source's repository at its revision: the tree's own, or those that its server has, where they may
 * be fetched. What the server does not have is reported to `diagnostics`.
 */
export async function findRepository(
  source: Fields,
  place: (pointer: string) => WrittenPlace,
  diagnostics: Diagnostics,
  context: PlanContext,
): Promise<FoundRepository> {
  const [url, revision] = [source.text("repoURL"), source.text("targetRevision")];
  const isRegistry = url.startsWith("oci://");
  const kind = isRegistry ? "other" : repositoryNamedBy(url, context.repositories);
  const isHere = kind === "unknown" || (kind === "this" && unseenRevision(revision, context) === undefined);
  if (isHere) return { kind, root: "" };
  const pointer = `${source.pointer}/${revision === "" ? "repoURL" : "targetRevision"}`;
  const found = await context.remotes.fetch(
    isRegistry ? artifactOf(url, revision) : { kind: "git", url, revision: revisionOf(revision) },
  );
  if (found?.kind === "found") {
    const { directory } = found;
    const ungated = kind === "this" ? ungatedBranch(revision, context) : undefined;
    if (ungated !== undefined) diagnostics.gap(pointer, ungated);
    return { kind, root: directory, fetched: { fetched: found, at: place(pointer) } };
  }
  if (found === undefined || (found.kind === "refused" && kind === "this"))
    return kind === "this" ? { kind, root: "" } : { kind };
  const { message, unpermitted } = found;
  const at = unpermitted === undefined ? pointer : `${source.pointer}/repoURL`;
  if (found.kind === "refused") diagnostics.gap(at, `not rendered: ${message}`, unpermitted);
  else diagnostics.problem(pointer, found.message);
  return { kind, isTold: true };
}

/** Argo CD takes a range for one of tags, and what may be the start of a commit's id for one where nothing has that name. */
export function revisionOf(written: string): GitRevision {
  if (written === "" || written === "HEAD") return { kind: "head" };
  if (/^[0-9a-f]{7,39}$/i.test(written)) return { kind: "abbreviated", value: written };
  return { kind: isRange(written) ? "range" : "any", value: written };
}

function artifactOf(url: string, revision: string): RemoteReference {
  if (revision.startsWith("sha256:")) return { kind: "artifact", url, digest: revision };
  if (revision === "") return { kind: "artifact", url };
  return { kind: "artifact", url, ...(isRange(revision) ? { semver: revision } : { tag: revision }) };
}

/** Whether a revision may be a range of versions: it has what no name of a branch or tag has, or wildcards. */
function isRange(revision: string): boolean {
  return /[~^<>=!*,\s]|\|\|/.test(revision) || /^v?(?:\d+\.)*x(?:\.[\dx]+)*(?:[-+].*)?$/i.test(revision);
}
