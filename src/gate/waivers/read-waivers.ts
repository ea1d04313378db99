import type { WaiverFileReading } from "../../config/read-waiver-file.ts";
import { isBelow } from "../../config/policy-files.ts";
import { nearName } from "../../manifest/near-name.ts";
import type { WaiversConfig } from "../../model/config.ts";
import type { Policy } from "../../model/policy.ts";
import type { Problem } from "../../model/problem.ts";
import type { Tree } from "../../model/tree.ts";
import type { Waiver, WaiverKey } from "../../model/waiver.ts";
import { compilePattern, doesNarrow } from "./patterns.ts";

/** The waivers of one tree. A file with a problem holds none. */
export interface WaiversOfTree {
  readonly waivers: readonly Waiver[];
  readonly problems: readonly Problem[];
  /** The paths of all files that the configuration names. */
  readonly files: readonly string[];
}

/** What waivers are checked against. */
export interface WaiverRules {
  readonly config: WaiversConfig;
  /** The job's time, RFC 3339. */
  readonly now: string;
  readonly policies: readonly Pick<Policy, "id" | "waivable">[];
}

/** More waivers than anybody reviews; matching takes time for each. */
const mostWaivers = 2_000;

/** Reads the waivers of a tree. Never rejects because of the tree's content: that becomes a problem at its line. */
export async function readWaivers(tree: Tree, rules: WaiverRules): Promise<WaiversOfTree> {
  const found = await waiverFiles(tree, rules.config);
  const problems: Problem[] = [...found.problems];
  const waivers: Waiver[] = [];
  if (found.files.length === 0) return { waivers, problems, files: [] };
  const { readWaiverFile } = await import("../../config/read-waiver-file.ts");
  for await (const { path, bytes } of tree.readAll(found.files)) {
    const reading = readWaiverFile(path, bytes);
    const wrong = [
      ...reading.problems,
      ...reading.waivers.flatMap((one, index) => errorsOf(one, index, reading, rules)),
    ];
    problems.push(...wrong);
    if (wrong.length === 0) waivers.push(...reading.waivers);
  }
  if (waivers.length <= mostWaivers) return { waivers, problems, files: found.files };
  const { path, line } = waivers[mostWaivers] ?? { path: "", line: 1 };
  const message = `more than ${mostWaivers} waivers: none of them counts`;
  return { waivers: [], problems: [...problems, { stage: "config", path, line, message }], files: found.files };
}

/** The files with waivers, and a problem for each path that cannot be one. */
async function waiverFiles(
  tree: Tree,
  { files: named }: WaiversConfig,
): Promise<{ readonly files: readonly string[]; readonly problems: readonly Problem[] }> {
  const outside = named.filter((written) => written.startsWith("/") || written.split("/").includes(".."));
  const entries = named.length === 0 ? [] : await tree.list();
  const below = entries.filter(({ path }) => named.some((written) => isBelow(path, written)));
  const problem = (path: string, message: string): Problem => ({ stage: "config", path, line: 1, message });
  return {
    files: below.flatMap(({ path, kind }) => (kind === "file" && isYaml(path) ? [path] : [])),
    problems: [
      ...outside.map((written): Problem => ({
        stage: "config",
        message: `waivers: ${written}: expected a path inside the repository`,
      })),
      ...below.flatMap(({ path, kind }) => {
        if (kind === "submodule") return [problem(path, "is a submodule; expected files with waivers")];
        // A link without an ending may lead to a directory of waivers.
        const isMeant = isYaml(path) || !/[^/]\.[^/.]+$/.test(path);
        return kind === "symlink" && isMeant
          ? [problem(path, "is a symbolic link; waivers are read from regular files only")]
          : [];
      }),
    ],
  };
}

function isYaml(path: string): boolean {
  return /\.(?:ya?ml|json)$/.test(path);
}

/** What is wrong with a waiver beyond its form. */
export function errorsOf(
  waiver: Waiver,
  index: number,
  { problemAt }: WaiverFileReading,
  { config, now, policies }: WaiverRules,
): readonly Problem[] {
  const { scope, match, expires } = waiver;
  const errors: Problem[] = [];
  const tell = (key: string, message: string): void => void errors.push(problemAt(`/${index}${key}`, message));
  const today = now.slice(0, 10);
  const days = daysBetween(today, expires);
  if (days > config.maxDays)
    tell(
      "/expires",
      `"expires": ${expires} is ${days} days away; expected at most ${config.maxDays} (${dayAfter(today, config.maxDays)})`,
    );
  if (scope.kind === "policy") {
    const { policy } = scope;
    if (compilePattern("policy", policy) === undefined) tell("/policy", unreadable("policy", policy));
    else if (!doesNarrow("policy", policy))
      tell("/policy", `"policy": "${policy}" is every policy; expected an id, or a glob such as pods/**`);
    else if (!waivablePolicies(policies)(policy)) tell("/policy", `"policy": ${policy} may not be waived`);
  }
  const keys = Object.entries(match) as [WaiverKey, readonly string[]][];
  for (const [key, patterns] of keys)
    for (const [at, pattern] of patterns.entries())
      if (compilePattern(key, pattern) === undefined)
        tell(`/match/${key}${patterns.length === 1 ? "" : `/${at}`}`, unreadable(key, pattern));
  if (scope.kind === "policy" && match.message !== undefined)
    tell("/match/message", '"message": only problems and gaps are matched by it');
  const meant: readonly WaiverKey[] = scope.kind === "policy" ? [] : ["path", "message"];
  for (const [key] of keys)
    if (meant.length > 0 && !meant.includes(key))
      tell(`/match/${key}`, `"${key}": a problem or gap has none; expected path, or path and message`);
  const narrow = keys.filter(([key, patterns]) => patterns.every((pattern) => doesNarrow(key, pattern)));
  const isNarrow = scope.kind === "policy" ? narrow.length > 0 : narrow.some(([key]) => key === "path");
  if (errors.length === 0 && !isNarrow)
    tell(
      "/match",
      `"match" leaves nothing out; expected ${scope.kind === "policy" ? "a key" : "a path"} that does not match everything`,
    );
  return errors;
}

function unreadable(key: string, pattern: string): string {
  return `"${key}": the pattern "${pattern}" cannot be read: expected *, **, ?, [a-z] and {a,b}`;
}

/** Tells whether a policy may be waived: not if its METADATA forbids it, or if it is about waivers themselves. */
export function waivablePolicies(policies: WaiverRules["policies"]): (id: string) => boolean {
  const forbidden = new Set(policies.flatMap(({ id, waivable }) => (waivable === false ? [id] : [])));
  return (id) => !id.startsWith("waivers/") && !forbidden.has(id);
}

const DAY = 86_400_000;

/** Whole days from one day to another. */
export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / DAY);
}

function dayAfter(day: string, days: number): string {
  return new Date(Date.parse(day) + days * DAY).toISOString().slice(0, 10);
}

/** The policy that the id of a waiver most likely means, if there is none of that id. */
export function likelyPolicy({ scope }: Waiver, policies: WaiverRules["policies"]): string | undefined {
  if (scope.kind !== "policy" || /[*?[{]/.test(scope.policy)) return undefined;
  const ids = policies.map(({ id }) => id);
  return ids.includes(scope.policy) ? undefined : nearName(scope.policy, ids);
}
