/** What one place of an ApplicationSet tells of a cluster. */
export interface ClusterHint {
  readonly name?: string;
  readonly server?: string;
  readonly labels: { readonly [key: string]: string };
  readonly annotations: { readonly [key: string]: string };
  /** A name that only the normalised form is known of. */
  readonly isNormalized?: true;
}

/** Adds a parameter of the cluster generator (`name`, `metadata.labels.stage`) to a hint; undefined where it is none. */
export function withParameter(hint: ClusterHint, parameter: string, value: string): ClusterHint | undefined {
  const [, kind, key = ""] = /^metadata\.(labels|annotations)\.(.+)$/.exec(parameter) ?? [];
  if (kind === "labels") return { ...hint, labels: { ...hint.labels, [key]: value } };
  if (kind === "annotations") return { ...hint, annotations: { ...hint.annotations, [key]: value } };
  switch (parameter) {
    case "name":
      return { ...hint, name: value };
    case "nameNormalized":
      return hint.name === undefined ? { ...hint, name: value, isNormalized: true } : hint;
    case "server":
      return { ...hint, server: value };
    default:
      return undefined;
  }
}

export const noHint: ClusterHint = { labels: {}, annotations: {} };
