import type { VersionMatcher, VersionRules } from "../model/remotes.ts";
import { oneLine, RemoteFailure } from "./failure.ts";

/** Versions as the Go library that all of them use reads them: of up to three numbers, with a `v` before them or not. */
const version =
  /^v?\d+(?:\.\d+){0,2}(?:-(?!(?:[0-9A-Za-z-]+\.)*0\d+(?:[.+]|$))[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?$/;
const longest = 256;

/** Whether a text is a version rather than a range, in the eyes of Helm and Argo CD: `1.2`, `v1.2.3-rc.1+build`. */
export function isVersion(text: string): boolean {
  return text.length <= longest && version.test(text);
}

/** Whether it is one in the eyes of Flux, to which `1.2` is a range. */
export function isFluxVersion(text: string): boolean {
  return isVersion(text) && text.split(".").length > 2;
}

/** Whether it is one by the specification: three numbers without leading zeros, and no `v`. */
function isStrictVersion(text: string): boolean {
  return isVersion(text) && /^(?:0|[1-9]\d*)(?:\.(?:0|[1-9]\d*)){2}(?:[-+]|$)/.test(text);
}

interface Rules {
  /** What an empty range means. */
  readonly anything: string;
  /** What is a version: looked up in an index as such, and taken for a tag without a look at the others. */
  readonly isVersion: (text: string) => boolean;
  /** The versions of an index that a range may take. */
  readonly isInIndex: (text: string) => boolean;
  /** The tags that a range may take, with `+` for `_`. */
  readonly isTag: (text: string) => boolean;
}

/**
 * - Helm: `IndexFile.Get` and `ValidateReference`.
 * - Flux: `getChartVersion` of source-controller, and `version.ParseVersion`.
 * - Argo CD: `versions.MaxVersion`, after which Helm pulls that version.
 */
export const versionRules: { readonly [rules in VersionRules]: Rules } = {
  helm: { anything: "*", isVersion, isInIndex: isVersion, isTag: isStrictVersion },
  flux: { anything: "*", isVersion: isFluxVersion, isInIndex: isFluxVersion, isTag: isStrictVersion },
  argocd: { anything: "", isVersion, isInIndex: isVersion, isTag: isVersion },
};

/** The latest version in a range; undefined if there is none. Of versions of equal precedence the first counts. */
export async function latestIn(
  matcher: VersionMatcher,
  range: string,
  versions: readonly string[],
): Promise<number | undefined> {
  const answer = await matcher.matching(range, versions);
  switch (answer.kind) {
    case "matching":
      return answer.indexes[0];
    case "invalid":
      throw new RemoteFailure("absent", `${oneLine(range)} is no range of versions: ${oneLine(answer.message)}`);
    case "failed":
      throw notWorkedOut(range, answer.message);
    default:
      return answer satisfies never;
  }
}

/** What fits a range could not be worked out, which says nothing about the range or the server. */
export function notWorkedOut(range: string, message: string): RemoteFailure {
  return new RemoteFailure(
    "unanswered",
    `which versions fit ${oneLine(range)} could not be worked out: ${oneLine(message)}`,
  );
}
