import type { GitRevision, RemoteReference } from "../../model/remotes.ts";

/** What an entry of a kustomization names on a server: a file, or a directory of a repository. */
export type RemoteEntry =
  | { readonly kind: "file"; readonly reference: RemoteReference & { readonly kind: "file" } }
  | {
      readonly kind: "directory";
      readonly reference: RemoteReference & { readonly kind: "git" };
      /** Of the repository; "" is its root. */
      readonly path: string;
    };

/**
 * What a remote entry may name, in the order in which it is tried; none where Kustomize could not read it. Kustomize asks
 * a URL for a file first and takes it for a repository where that fails; where the text can only mean a repository, it
 * is not asked for a file here.
 */
export function remoteEntries(written: string): readonly RemoteEntry[] {
  const repository = repositoryOf(written);
  const isUrl = /^https?:\/\//i.test(written);
  const file: RemoteEntry = { kind: "file", reference: { kind: "file", url: written } };
  if (repository === undefined) return isUrl ? [file] : [];
  if (!isUrl) return [repository];
  if (/\.(?:ya?ml|json)$/i.test(written.replace(/[?#].*$/, ""))) return [file];
  const isMarked = /[?&](?:ref|version)=|_git\/|\.git(?:$|[/?])/.test(written) || /:\/\/.*\/\//.test(written);
  return isMarked ? [repository] : [file, repository];
}

/** Reads the address of a repository as Kustomize does (repospec.go of its API, 0.21). */
function repositoryOf(written: string): RemoteEntry | undefined {
  if (written.startsWith("/")) return undefined;
  const query = written.indexOf("?");
  const address = query === -1 ? written : written.slice(0, query);
  const options = optionsOf(query === -1 ? "" : written.slice(query + 1));
  const located = hostOf(address);
  const split = located === undefined ? undefined : splitPath(located.rest);
  if (located === undefined || split === undefined) return undefined;
  const ref = options.get("ref") || options.get("version") || "";
  const revision: GitRevision = ref === "" ? { kind: "head" } : { kind: "any", value: ref };
  const submodules = !["0", "f", "F", "false", "FALSE", "False"].includes(options.get("submodules") ?? "");
  return {
    kind: "directory",
    reference: { kind: "git", url: located.host + split.repository, revision, ...(submodules ? { submodules } : {}) },
    path: split.path,
  };
}

/** The options of an address; none where Go cannot read them all, as Kustomize then goes by its defaults. */
function optionsOf(query: string): URLSearchParams {
  return new URLSearchParams(/;|%(?![0-9a-f]{2})/i.test(query) ? "" : query);
}

/** The part of an address up to its path, as Git is given it. `file://` is left out: it is not on a server. */
function hostOf(address: string): { readonly host: string; readonly rest: string } | undefined {
  const text = address.replace(/^git::/i, "");
  const scheme = /^(?:ssh|https?):\/\//i.exec(text)?.[0].toLowerCase() ?? "";
  const afterScheme = text.slice(scheme.length);
  const user = /^[a-z][a-z0-9-]*@/i.exec(afterScheme)?.[0] ?? "";
  const afterUser = afterScheme.slice(user.length);
  const isGithub = /^github\.com[/:]/i.test(afterUser);
  const mayBeScp = scheme === "" && (user !== "" || isGithub);
  if (scheme === "" && !mayBeScp) return undefined;
  const slash = afterUser.indexOf("/");
  const colon = mayBeScp ? afterUser.indexOf(":") : -1;
  const end = colon > 0 && (slash === -1 || colon < slash) ? colon : slash;
  if (end === -1) return undefined;
  const rest = afterUser.slice(end + 1);
  if (!isGithub) return { host: scheme + user + afterUser.slice(0, end + 1), rest };
  return scheme === "ssh://" || user !== ""
    ? { host: `${user === "" ? "git@" : user}github.com:`, rest }
    : { host: "https://github.com/", rest };
}

/** Tells a repository from the directory in it: by `_git/`, `//` or `.git`, else after two names. */
function splitPath(text: string): { readonly repository: string; readonly path: string } | undefined {
  const found = byMarker(text) ?? byLength(text);
  if (found === undefined || found.repository === "") return undefined;
  const path = found.path
    .split("/")
    .filter((part) => part !== "" && part !== ".")
    .reduce<string[] | undefined>((parts, part) => {
      if (part !== "..") parts?.push(part);
      else if (parts?.pop() === undefined) return undefined;
      return parts;
    }, []);
  return path === undefined ? undefined : { repository: found.repository, path: path.join("/") };
}

type Split = { readonly repository: string; readonly path: string };

function byMarker(text: string): Split | undefined {
  const azure = text.indexOf("_git/");
  if (azure !== -1) {
    const start = azure + "_git/".length;
    const end = text.indexOf("/", start);
    return end === -1 ? { repository: text, path: "" } : { repository: text.slice(0, end), path: text.slice(end + 1) };
  }
  const double = text.indexOf("//");
  if (double !== -1) return { repository: text.slice(0, double), path: text.slice(double + 2) };
  const suffix = text.indexOf(".git");
  if (suffix === -1) return undefined;
  const end = suffix + ".git".length;
  return { repository: text.slice(0, end), path: text.slice(end) };
}

function byLength(text: string): Split | undefined {
  const parts = text.split("/");
  return parts.length < 2 ? undefined : { repository: parts.slice(0, 2).join("/"), path: parts.slice(2).join("/") };
}
