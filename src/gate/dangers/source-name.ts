/** A source's id without what tells it from its like in other environments (`Kustomization flux-system/apps (eu)`), so that one message fits all. */
export function sourceName(id: string): string {
  return id.replace(/ \([^()]*\)$/, "");
}
