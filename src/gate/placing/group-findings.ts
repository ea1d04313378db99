import type { Finding } from "../../model/finding.ts";
import { inEnvironment } from "../fingerprint.ts";

/**
 * Merges findings that differ only in environment and source, so that one line that reaches eleven clusters is one
 * finding. Findings in plain files without an environment are unchanged.
 */
export function groupFindings(findings: readonly Finding[]): readonly Finding[] {
  const groups = new Map<string, Finding[]>();
  const alone: Finding[] = [];
  for (const finding of findings) {
    if (finding.environment === undefined && finding.source === undefined) {
      alone.push(finding);
      continue;
    }
    const { policy, rule, level, status, changed, message, manifest, location, pointer } = finding;
    const key = JSON.stringify([policy, rule, level, status, changed, message, manifest, location, pointer]);
    const known = groups.get(key);
    if (known === undefined) groups.set(key, [finding]);
    else known.push(finding);
  }
  return [...alone, ...[...groups.values()].map(together)];
}

function together(findings: readonly Finding[]): Finding {
  const environments = distinct(findings.map(({ environment }) => environment));
  const sources = distinct(findings.map(({ source }) => source));
  const [first] = findings.toSorted((a, b) => (a.fingerprint < b.fingerprint ? -1 : 1));
  if (first === undefined) throw new Error("a group without a finding");
  const { environment: _environment, source: _source, ...rest } = first;
  const [environment, source] = [environments[0], sources[0]];
  const everywhere = findings.every((finding) => finding.environment !== undefined);
  return {
    ...rest,
    ...(environment !== undefined && environments.length === 1 && everywhere
      ? { environment, fingerprint: inEnvironment(first.fingerprint, environment) }
      : {}),
    ...(environments.length > 0 ? { environments } : {}),
    ...(source !== undefined && sources.length === 1 ? { source } : {}),
    ...(sources.length > 0 ? { sources } : {}),
  };
}

function distinct(names: readonly (string | undefined)[]): readonly string[] {
  return [...new Set(names.filter((name) => name !== undefined))].toSorted();
}
