/**
 * The text of a portcullis.yaml whose `policies:` also names a directory, and whose `manifests.exclude` leaves out its
 * fixtures; undefined where these keys are written in another way than on one line.
 */
export function enrolDirectory(text: string, directory: string): string | undefined {
  const named = text.replace(/^policies: \[/m, `policies: [${directory}, `);
  if (named === text) return undefined;
  const fixtures = JSON.stringify(`${directory}/**/fixtures/**`);
  if (/^ {2}exclude: \[/m.test(named))
    return named.replace(/^ {2}exclude: \[(\]?)/m, (_, end: string) => `  exclude: [${fixtures}${end || ", "}`);
  if (/^manifests:$/m.test(named)) return named.replace(/^manifests:$/m, `manifests:\n  exclude: [${fixtures}]`);
  return /^manifests:/m.test(named) ? undefined : `${named.trimEnd()}\nmanifests:\n  exclude: [${fixtures}]\n`;
}
