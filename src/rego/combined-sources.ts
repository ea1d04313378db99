import type { PolicyFile, PolicySources } from "../model/policy.ts";
import { expandNamespaces } from "./expand-namespaces.ts";
import { readModule } from "./reading/module.ts";

/** Whether `input` is the list of all manifests for every rule of a set. */
export function isCombined({ files }: PolicySources): boolean {
  const deciding = files.filter(decides);
  return deciding.length > 0 && deciding.every(({ combine }) => combine === true);
}

/**
 * The sets that a policy set is judged in, since one evaluation has one `input`: the policies that get one manifest, and those
 * that get all. What has no rules that decide may be imported by either, and belongs to both.
 */
export function byInput(sources: PolicySources): readonly PolicySources[] {
  const deciding = sources.files.filter(decides);
  const parts = [false, true].map((combine) => deciding.filter((file) => (file.combine === true) === combine));
  if (parts.some((part) => part.length === 0)) return [sources];
  const namespaces = expandNamespaces(sources.namespaces, sources.files);
  const packages = new Set(packagesOf(deciding));
  return parts.flatMap((part, index) => {
    const others = new Set(deciding.filter((file) => !part.includes(file)));
    const own = { ...sources, files: sources.files.filter((file) => !others.has(file)) };
    if (namespaces === undefined || namespaces === "*") return [own];
    // One that no policy has is a problem of the first set.
    const here = new Set(packagesOf(part));
    const chosen = namespaces.filter((name) => here.has(name) || (index === 0 && !packages.has(name)));
    return chosen.length === 0 ? [] : [{ ...own, namespaces: chosen }];
  });
}

function packagesOf(files: readonly PolicyFile[]): readonly string[] {
  return files.map((file) => readModule(file).package);
}

function decides(file: PolicyFile): boolean {
  return readModule(file).statements.some(({ name }) => /^(?:deny|violation|warn)(?:_|$)/.test(name));
}
