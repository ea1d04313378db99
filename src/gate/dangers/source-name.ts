/** A source's id without the suffix that distinguishes environments (`Kustomization flux-system/apps (eu)`), so that one message fits all. */
export function sourceName(id: string): string {
  return id.replace(/ \([^()]*\)$/, "");
}
