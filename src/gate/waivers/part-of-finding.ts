import type { Finding, Reach } from "../../model/finding.ts";

/** All that a finding reaches, also where it is one object. */
export function reachesOf({ reaches, manifest, environment, source, fingerprint }: Finding): readonly Reach[] {
  return (
    reaches ?? [
      {
        manifest,
        ...(environment === undefined ? {} : { environment }),
        ...(source === undefined ? {} : { source }),
        fingerprint,
      },
    ]
  );
}

/** The finding with only some of what it reaches. Its cause, and so its fingerprint, is the same. */
export function partOfFinding(finding: Finding, reaches: readonly Reach[]): Finding {
  const [first] = reaches;
  if (first === undefined) throw new Error("a finding that reaches nothing");
  const { environment: _environment, environments: _all, source: _source, sources: _every, ...rest } = finding;
  const { reaches: _reaches, ...own } = rest;
  const message = first.message ?? finding.message;
  const environments = distinct(reaches.map(({ environment }) => environment));
  const sources = distinct(reaches.map(({ source }) => source));
  const everywhere = reaches.every(({ environment }) => environment !== undefined);
  const [environment, source] = [environments[0], sources[0]];
  return {
    ...own,
    message,
    manifest: first.manifest,
    ...(reaches.length < 2 ? {} : { reaches: reaches.map((one) => withMessage(one, finding.message, message)) }),
    ...(environment !== undefined && environments.length === 1 && everywhere ? { environment } : {}),
    ...(environments.length > 0 ? { environments } : {}),
    ...(source !== undefined && sources.length === 1 ? { source } : {}),
    ...(sources.length > 0 ? { sources } : {}),
  };
}

/** A message is told where it differs from the one that is shown. */
function withMessage({ message: own, ...reach }: Reach, was: string, shown: string): Reach {
  const message = own ?? was;
  return message === shown ? reach : { ...reach, message };
}

function distinct(names: readonly (string | undefined)[]): readonly string[] {
  return [...new Set(names.filter((name) => name !== undefined))].toSorted();
}
