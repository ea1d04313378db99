import type { VersionMatcher } from "../model/remotes.ts";
import { oneLine, RemoteFailure } from "./failure.ts";

/**
 * The index of the version that Helm and Flux take: the one written exactly so, else the latest in the range. An empty
 * range is `*`. Of versions of equal precedence the first counts.
 */
export async function chooseVersion(
  matcher: VersionMatcher,
  range: string,
  versions: readonly string[],
): Promise<number | undefined> {
  const exact = range === "" ? -1 : versions.indexOf(range);
  if (exact !== -1) return exact;
  const answer = await matcher.matching(range === "" ? "*" : range, versions);
  if (answer.kind === "invalid") {
    throw new RemoteFailure("absent", `which versions fit ${oneLine(range)} is not known: ${oneLine(answer.message)}`);
  }
  return answer.indexes[0];
}

/** Whether a text is one full version rather than a range: `1.2.3`, `v1.2.3-rc.1+build`. */
export function isExactVersion(text: string): boolean {
  return /^v?(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?$/.test(text);
}
