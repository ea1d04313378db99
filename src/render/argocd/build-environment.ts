/** Argo CD's build environment: what `$NAME` stands for in parameters, images, labels and paths of value files. */
export interface BuildEnvironment {
  /** Substitutes as Go's os.Expand does; a name that nobody knows becomes nothing, `$$` a dollar. */
  expand(text: string): string;
  /** Names that were used and are known only when Argo CD syncs, such as `ARGOCD_APP_REVISION`. */
  readonly unknown: ReadonlySet<string>;
}

/** What stands in for the commit, which no one knows before the merge. */
const commit = "0".repeat(40);
const lateNames: { readonly [name: string]: string } = {
  ARGOCD_APP_REVISION: commit,
  ARGOCD_APP_REVISION_SHORT: commit.slice(0, 7),
  ARGOCD_APP_REVISION_SHORT_8: commit.slice(0, 8),
};

/** Makes the environment that one source of an Application is built with. */
export function buildEnvironment(values: { readonly [name: string]: string }): BuildEnvironment {
  const unknown = new Set<string>();
  const valueOf = (name: string): string => {
    if (name === "$") return "$";
    if (Object.hasOwn(lateNames, name)) {
      unknown.add(name);
      return lateNames[name] ?? "";
    }
    return Object.hasOwn(values, name) ? (values[name] ?? "") : "";
  };
  return {
    unknown,
    expand: (text) =>
      text.replaceAll(
        /\$(?:\{([^}]*)\}|([*#$@!?0-9-])|([A-Za-z0-9_]+)|(\{))?/g,
        (whole, braced: string | undefined, special: string | undefined, name: string | undefined, open: unknown) => {
          // Go eats `${}` and an unclosed `${`, and leaves a dollar that no name follows.
          if (open !== undefined || braced === "") return "";
          const found = braced ?? special ?? name;
          return found === undefined ? whole : valueOf(found);
        },
      ),
  };
}
