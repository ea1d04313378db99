import type { Finding } from "../../model/finding.ts";
import { inEnvironment } from "../fingerprint.ts";

/**
 * Puts together what is the same but for environment and source, so that one line that reaches eleven clusters is one
 * finding. A plain file that belongs to no environment has findings of its own, unless a source that reads the file has the
 * same ones.
 */
export function groupFindings(findings: readonly Finding[]): readonly Finding[] {
  const isAlone = ({ environment, source }: Finding): boolean => environment === undefined && source === undefined;
  const groups = new Map<string, Finding[]>();
  for (const finding of findings) {
    if (isAlone(finding)) continue;
    const key = causeOf(finding);
    const known = groups.get(key);
    if (known === undefined) groups.set(key, [finding]);
    else known.push(finding);
  }
  const alone = findings.filter((finding) => isAlone(finding) && !groups.has(causeOf(finding)));
  return [...alone, ...[...groups.values()].map(together)];
}

function causeOf({ policy, rule, level, status, changed, message, manifest, location, pointer }: Finding): string {
  return JSON.stringify([policy, rule, level, status, changed, message, manifest, location, pointer]);
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
