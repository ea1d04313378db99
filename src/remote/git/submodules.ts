import type { Tree, TreeEntry } from "../../model/tree.ts";
import { oneLine, RemoteFailure } from "../failure.ts";
import type { Mirror } from "./mirror.ts";

/** A submodule as a commit has it. */
export interface Submodule {
  readonly path: string;
  readonly url: string;
  readonly commit: string;
}

/** The submodules of a commit that `git submodule update --init` would fetch. `parent` is the URL of its repository. */
export async function submodulesOf(tree: Tree, mirror: Mirror, parent: string): Promise<readonly Submodule[]> {
  const entries = await tree.list();
  const links = entries.filter(({ kind }) => kind === "submodule");
  if (links.length === 0) return [];
  const described = await describe(entries, mirror);
  return links.flatMap(({ path, id }) => {
    const found = [...described.values()].find((each) => each.get("path")?.replace(/\/+$/, "") === path);
    const url = found?.get("url");
    if (url === undefined || url === "") {
      throw new RemoteFailure("absent", `the submodule ${oneLine(path)} has no URL in .gitmodules`);
    }
    if (found?.get("update") === "none") return [];
    return [{ path, url: absolute(url, parent), commit: id }];
  });
}

/** What `.gitmodules` says, by the names of the submodules. */
async function describe(
  entries: readonly TreeEntry[],
  mirror: Mirror,
): Promise<ReadonlyMap<string, ReadonlyMap<string, string>>> {
  const file = entries.find(({ path, kind }) => path === ".gitmodules" && kind === "file");
  const described = new Map<string, Map<string, string>>();
  if (file === undefined) return described;
  const { code, stdout, stderr } = await mirror.git(["config", "--null", "--blob", file.id, "--list"]);
  if (code !== 0) throw new RemoteFailure("absent", `.gitmodules cannot be read: ${oneLine(stderr)}`);
  for (const item of stdout.split("\0")) {
    const [, name, key, value] = /^submodule\.([^]+)\.([a-z]+)\n([^]*)$/.exec(item) ?? [];
    if (name === undefined || key === undefined || value === undefined) continue;
    const values = described.get(name) ?? new Map<string, string>();
    described.set(name, values.set(key, value));
  }
  return described;
}

/** A URL that starts with `./` or `../` is relative to that of the repository, as if that were a directory. */
function absolute(url: string, parent: string): string {
  if (!/^\.\.?\//.test(url)) return url;
  let base = parent.replace(/\/+$/, "");
  let rest = url;
  let separator = "/";
  for (let up = /^(\.\.?)\//.exec(rest); up !== null; up = /^(\.\.?)\//.exec(rest)) {
    rest = rest.slice(up[0].length);
    if (up[1] === ".") continue;
    // Up to the host of a URL, or to the colon of `git@host:name`.
    const end = Math.max(base.lastIndexOf("/"), base.lastIndexOf(":"));
    const isAtHost = /^[a-z][a-z\d+.-]*:\/\/[^/]*$/i.test(base);
    if (end <= 0 || isAtHost) throw new RemoteFailure("absent", `the URL ${oneLine(url)} of a submodule leads nowhere`);
    separator = base[end] ?? "/";
    base = base.slice(0, end);
  }
  return `${base}${separator}${rest}`.replace(/\/+$/, "");
}
