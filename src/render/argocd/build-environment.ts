/** Argo CD's build environment: the values of `$NAME` in parameters, images, labels and paths of value files. */
export interface BuildEnvironment {
  /** Substitutes as Go's os.Expand does; an unknown name becomes an empty text, `$$` a dollar. */
  expand(text: string): string;
  /** Names that were used and are known only when Argo CD syncs, such as `ARGOCD_APP_REVISION`. */
  readonly unknown: ReadonlySet<string>;
}

/** A placeholder for the commit, which does not exist before the merge. */
const commit = "0".repeat(40);
const lateNames: { readonly [name: string]: string } = {
  ARGOCD_APP_REVISION: commit,
  ARGOCD_APP_REVISION_SHORT: commit.slice(0, 7),
  ARGOCD_APP_REVISION_SHORT_8: commit.slice(0, 8),
};

/** Makes the build environment of one source of an Application. */
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
          // Like Go's os.Expand: `${}` and an unclosed `${` vanish, a dollar without a name stays.
          if (open !== undefined || braced === "") return "";
          const found = braced ?? special ?? name;
          return found === undefined ? whole : valueOf(found);
        },
      ),
  };
}
