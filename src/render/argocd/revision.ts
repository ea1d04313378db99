/** Whether a revision stays where it is when this change is merged: a commit id, a tag, or a range of tags. */
export function isPinned(revision: string): boolean {
  return (
    /^[0-9a-f]{7,40}$/i.test(revision) ||
    revision.startsWith("refs/tags/") ||
    /^v?\d+\.\d+(?:\.\d+)?(?:[-+][0-9a-z.+-]+)?$/i.test(revision) ||
    // Semver constraints, which Argo CD resolves against tags.
    /^(?:[~^<>=!]|v?\d+(?:\.\d+)*\.[x*]|\*$)/i.test(revision)
  );
}

/** Why a source at such a revision is judged as this tree has it all the same. */
export function pinnedReason(revision: string): string {
  return `pinned to ${revision}, which this change does not move: judged as this tree has it`;
}
