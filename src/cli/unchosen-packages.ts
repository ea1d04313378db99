import type { Policy, PolicyFile } from "../model/policy.ts";

/**
 * A message for each package with deciding rules that nothing selected to run, with how to select it: otherwise nothing
 * would show that it is missing.
 */
export function unchosenPackages(files: readonly PolicyFile[], chosen: readonly Policy[]): readonly string[] {
  const run = new Set(chosen.map((policy) => policy.package));
  const said = new Map<string, string>();
  for (const { path, text } of files) {
    const name = /^package\s+([\w.]+)/m.exec(text)?.[1];
    const rule = /^(?:deny|violation|warn)(?:_\w+)?(?=\s+contains\s|\s*\[)/m.exec(text)?.[0];
    if (name === undefined || rule === undefined || run.has(name) || said.has(name)) continue;
    said.set(
      name,
      `${path}: package ${name} has a rule ${rule} but does not run: add METADATA to it, or select it with --namespace ${name}`,
    );
  }
  return [...said.values()];
}
