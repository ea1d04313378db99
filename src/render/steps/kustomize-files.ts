import { directoryOf } from "../files/scope.ts";
import type { KustomizeBuild } from "../kustomizations/kustomize-build.ts";

/** The input files of a build: those of the tree, with entries rewritten that Kustomize could not follow. */
export interface KustomizeFiles {
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** Paths that are not of the tree, with the file of the tree that each stands for. */
  readonly standFor: ReadonlyMap<string, string>;
}

/** Places the targets of links, and the stand-ins for URLs, where Kustomize looks for them. */
export function kustomizeFiles(build: KustomizeBuild, bytes: ReadonlyMap<string, Uint8Array>): KustomizeFiles {
  const files = new Map(bytes);
  const standFor = new Map<string, string>();
  for (const { path, unresolved } of build.nodes) {
    let text: string | undefined;
    for (const [at, entry] of unresolved.entries()) {
      if (entry.kind === "remote") continue;
      const held = files.get(path);
      if (held === undefined) break;
      text ??= new TextDecoder().decode(held);
      let instead = relative(directoryOf(path), entry.to);
      if (entry.kind === "file") {
        // A generator without a key names what it makes by the last part of what is written.
        const name = `portcullis-vendored-${at}/${/[^/]+$/.exec(entry.written)?.[0] ?? "file"}`;
        const copy = directoryOf(path) === "" ? name : `${directoryOf(path)}/${name}`;
        const content = files.get(entry.to);
        if (content !== undefined) files.set(copy, content);
        standFor.set(copy, entry.to);
        instead = name;
      }
      text = replaceEntry(text, entry.written, instead);
    }
    if (text !== undefined) files.set(path, new TextEncoder().encode(text));
  }
  return { files, standFor };
}

/** Replaces a value in a YAML text wherever it is a whole word, or has a key before it; line numbers stay the same. */
function replaceEntry(text: string, written: string, instead: string): string {
  const word = written.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
  return text.replaceAll(
    new RegExp(`(^|[\\s"'[,{=])${word}(?=$|[\\s"'\\],}])`, "gm"),
    (_, before: string) => before + instead,
  );
}

/** The relative path from one directory to another; both may be the root, "". */
function relative(from: string, to: string): string {
  const [start, end] = [from, to].map((path) => (path === "" ? [] : path.split("/"))) as [string[], string[]];
  let shared = 0;
  while (shared < start.length && shared < end.length && start[shared] === end[shared]) shared += 1;
  const way = [...start.slice(shared).map(() => ".."), ...end.slice(shared)];
  return way.length === 0 ? "." : way.join("/");
}
