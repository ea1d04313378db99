/** Whether a revision does not move when this change is merged: a commit id, a tag, or a range of tags. */
export function isPinned(revision: string): boolean {
  return (
    /^[0-9a-f]{7,40}$/i.test(revision) ||
    revision.startsWith("refs/tags/") ||
    /^v?\d+\.\d+(?:\.\d+)?(?:[-+][0-9a-z.+-]+)?$/i.test(revision) ||
    // Semantic version constraints, which Argo CD resolves against tags.
    /^(?:[~^<>=!]|v?\d+(?:\.\d+)*\.[x*]|\*$)/i.test(revision)
  );
}

/** The text of the gap for a pinned source, which is judged at this tree's state nonetheless. */
export function pinnedReason(revision: string): string {
  return `pinned to ${revision}, which this change does not update: judged as in this tree`;
}
