import { chance, type Chance } from "../rego/builtins/random.ts";

/** Versions as a server lists them, and ranges to choose from them by. See toolchain/version-oracle/main.go. */
export interface VersionList {
  readonly entries: readonly { readonly version: string; readonly created: string }[];
  readonly ranges: readonly string[];
  /** A `semverFilter`; empty: none. */
  readonly filter: string;
}

/** Lists of versions, the same for each seed: as indexes have them, and as tags of a registry, which have no `+`. */
export function versionLists(count: number, ranges: number, seed: number): readonly VersionList[] {
  const random = chance(seed);
  return Array.from({ length: count }, (_, at) => {
    const isTags = at % 2 === 1;
    const length = 1 + random.below(14);
    const versions = new Set<string>();
    while (versions.size < length) {
      const version = someVersion(random);
      versions.add(isTags ? version.replaceAll("+", "_") : version);
    }
    return {
      entries: [...versions].map((version) => ({ version, created: `2026-01-0${1 + random.below(6)}T00:00:00Z` })),
      ranges: Array.from({ length: ranges }, () => someRange(random, [...versions])),
      filter: random.below(2) === 0 ? "" : random.pick(filters),
    };
  });
}

const filters = ["-rc", "^v", ".*-alpine.*", "^\\d+\\.\\d+\\.\\d+$", "(?i)RC", "_b", "[0-4]$", "^(?P<n>1|2)\\."];
const oddities = ["latest", "main", "1.x", "v", "1.a.2", "1.2.3.4", "sha-0a1b2c3", "1.2.3-", "01.02.03-rc.1", "V1.2.3"];
const preReleases = ["-rc.1", "-rc.2", "-alpha", "-beta.11", "-0", "-01", "-a.b.c", "-alpine", "-x-y"];
const builds = ["+b1", "+b2", "+2026.01.02", "+a-b"];

function someVersion(random: Chance): string {
  if (random.below(12) === 0) return random.pick(oddities);
  const number = (): string => (random.below(15) === 0 ? `0${random.below(4)}` : `${random.below(4)}`);
  const parts = random.below(8) === 0 ? 1 + random.below(2) : 3;
  const numbers = Array.from({ length: parts }, number).join(".");
  const prefix = random.below(6) === 0 ? "v" : "";
  const preRelease = random.below(4) === 0 ? random.pick(preReleases) : "";
  const build = random.below(6) === 0 ? random.pick(builds) : "";
  return `${prefix}${numbers}${preRelease}${build}`;
}

const operators = ["", "=", "!=", ">", "<", ">=", "=>", "<=", "=<", "~", "~>", "^", "== ", ">= ", "< "];
const wildcards = [
  "*",
  "",
  "x",
  "1.x",
  "1.*",
  "v1.x",
  "1.2.x",
  "^1",
  "~2",
  ">=0",
  ">=0.0.0-0",
  "*-0",
  "latest",
  " 1.x ",
];
const broken = [
  ">>1",
  "1.2.3 -",
  "a.b.c",
  "^^1",
  "1 || ",
  "|| 1",
  ">=1,",
  "1.2.3.4",
  "~",
  "main",
  "HEAD",
  "v",
  "1.x.3",
];

function someRange(random: Chance, versions: readonly string[]): string {
  const one = random.below(20);
  if (one < 4) return random.pick(wildcards);
  if (one < 5) return random.pick(broken);
  if (one < 8) return random.pick(versions);
  if (one < 10) return `${someVersion(random)} - ${someVersion(random)}`;
  const some = Array.from({ length: 1 + random.below(3) }, () => `${random.pick(operators)}${someVersion(random)}`);
  return some.join(random.pick([", ", " ", ",", " || ", "||"]));
}
