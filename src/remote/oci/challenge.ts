/** How a server wants to be authenticated to. */
export interface Challenge {
  readonly scheme: "bearer" | "basic";
  readonly parameters: { readonly [name: string]: string };
}

/** The first challenge of a WWW-Authenticate header that we can answer. */
export function readChallenge(header: string): Challenge | undefined {
  const part = /(?:^|,)\s*(bearer|basic)(?=\s|,|$)/gi;
  const starts = [...header.slice(0, 8_192).matchAll(part)];
  const challenges = starts.map((start, at) => {
    const end = starts[at + 1]?.index ?? header.length;
    const scheme = (start[1] ?? "").toLowerCase() === "bearer" ? ("bearer" as const) : ("basic" as const);
    return { scheme, parameters: readParameters(header.slice(start.index + start[0].length, end)) };
  });
  return challenges.find(({ scheme }) => scheme === "bearer") ?? challenges[0];
}

function readParameters(text: string): { readonly [name: string]: string } {
  const parameters: { [name: string]: string } = {};
  for (const [, name = "", quoted, bare = ""] of text.matchAll(
    /([a-z_-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))/gi,
  )) {
    parameters[name.toLowerCase()] ??= quoted === undefined ? bare : quoted.replaceAll(/\\(.)/g, "$1");
  }
  return parameters;
}
