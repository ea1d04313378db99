import { nearName } from "../manifest/near-name.ts";
import { configProblem, isShared } from "../config/config-problem.ts";
import { referenceAddress } from "../config/policy-reference.ts";
import type { ConfigSource } from "../config/read-config.ts";
import type { Config } from "../model/config.ts";
import type { Json, Pointer } from "../model/json.ts";
import type { Judge, ParametersRead } from "../model/judge.ts";
import type { Problem } from "../model/problem.ts";
import { environmentPaths } from "../render/environments.ts";
import { matchesAny } from "../render/apply/match-entry.ts";
import { cleanPath, matcher, scopeOf } from "../render/files/scope.ts";
import { compilePathGlob } from "../render/glob/path-glob.ts";
import { OF_RULES } from "./approvals/owners-of.ts";
import { builtinIds } from "./builtin-ids.ts";
import { isObject } from "../manifest/identity.ts";
import { below, pointerOf } from "../manifest/pointer.ts";

/** What a configuration is checked against. */
export interface ActualState {
  readonly judge: Pick<Judge, "policies" | "problems" | "parametersRead" | "parameterFaults">;
  /** The paths of the trees. */
  readonly paths: readonly string[];
  /** Files and directories that a person named; then the trees may be parts of the repository. */
  readonly named: readonly string[];
  /** The environments that some source or file lands in; absent: not known. */
  readonly reached?: ReadonlySet<string>;
}

/** Problems for everything in a configuration that matches nothing: patterns, paths, environments and policy ids. */
export function unmetExpectations(
  config: Config,
  source: ConfigSource | undefined,
  reality: ActualState,
): readonly Problem[] {
  const problems: Problem[] = [];
  const report: ReportMismatch = (pointer, message, what) => {
    // What many repositories share need not match something in each.
    if (what !== "unmatched" || !isShared(source, pointer)) problems.push(configProblem(source, pointer, message));
  };
  for (const path of reality.named) {
    if (holds(reality.paths, cleanPath(path))) continue;
    problems.push({ stage: "read", path, message: "no such file or directory" });
  }
  if (reality.named.length === 0) expectPaths(config, reality, report);
  expectSigned(config, report);
  expectPolicies(config, reality, report);
  return problems;
}

function unreadable(pattern: string): string {
  return `the pattern "${pattern}" cannot be read: expected *, **, ?, [a-z] and {a,b}, with \\ before a character that is meant itself`;
}

/** `unmatched`: what is written can be right for another repository. */
type ReportMismatch = (pointer: Pointer, message: string, what?: "unmatched") => void;

/** With paths on the command line, those replace the patterns, and the rest of the tree may be missing. */
function expectPaths(config: Config, { paths, reached }: ActualState, report: ReportMismatch): void {
  for (const list of ["include", "exclude"] as const) {
    config.manifests[list].forEach((pattern, index) => {
      if (compilePathGlob(pattern) === undefined) return report(`/manifests/${list}/${index}`, unreadable(pattern));
      // One that excludes nothing hides nothing: the command line mentions it.
      if (list === "exclude" || pattern === "**" || paths.some(matcher([pattern]))) return;
      const directory = cleanPath(pattern);
      const hint = paths.some((path) => path.startsWith(`${directory}/`)) ? `; did you mean "${directory}/**"?` : "";
      report(`/manifests/${list}/${index}`, `the pattern "${pattern}" matches no file${hint}`, "unmatched");
    });
  }
  for (const [name, environment] of Object.entries(config.environments)) {
    const at = below("/environments", name);
    const allMatch = expectMatches(environment.paths, `${at}/paths`, paths, report);
    if (allMatch && reached?.has(name) === false) {
      const near = nearName(name, reached);
      const hint = near === undefined ? "" : `; did you mean "${near}"?`;
      report(
        at,
        `nothing lands in the environment "${name}": expected paths or clusters that feed it${hint}`,
        "unmatched",
      );
    }
  }
  expectEntries(config, paths, report);
  config.documents.forEach(({ files }, index) => {
    files.forEach((pattern, at) => {
      if (compilePathGlob(pattern) !== undefined && paths.some(matcher([pattern]))) return;
      const isReadable = compilePathGlob(pattern) !== undefined;
      report(
        `/documents/${index}/files/${at}`,
        isReadable ? `the pattern "${pattern}" matches no file` : unreadable(pattern),
        isReadable ? "unmatched" : undefined,
      );
    });
  });
  const { vendor } = config.helm;
  if (vendor !== undefined && !holds(paths, cleanPath(vendor)))
    report("/helm/vendor", `no such directory "${vendor}" in the repository`, "unmatched");
  for (const [url, path] of Object.entries(config.kustomize.vendored)) {
    if (!holds(paths, cleanPath(path)))
      report(below("/kustomize/vendored", url), `no such file or directory "${path}" in the repository`, "unmatched");
  }
  config.clusters.forEach((cluster, index) => {
    for (const key of ["name", "server"] as const) {
      if (config.clusters.slice(0, index).some((other) => other[key] === cluster[key]))
        report(`/clusters/${index}/${key}`, `two clusters have the ${key} "${cluster[key]}"; expected one`);
    }
    expectMatches(cluster.applicationSets ?? [], `/clusters/${index}/applicationSets`, paths, report);
  });
}

/** Reports every pattern of files and directories that matches nothing. Whether all match something. */
function expectMatches(
  patterns: readonly string[],
  at: Pointer,
  paths: readonly string[],
  report: ReportMismatch,
): boolean {
  const unmatched = patterns.flatMap((pattern, index) =>
    paths.some(environmentPaths([pattern])) ? [] : [{ pattern, index }],
  );
  for (const { pattern, index } of unmatched) {
    const isReadable = compilePathGlob(pattern) !== undefined;
    if (isReadable) report(`${at}/${index}`, `the pattern "${pattern}" matches no file`, "unmatched");
    else report(`${at}/${index}`, unreadable(pattern));
  }
  return unmatched.length === 0;
}

const matched = {
  raw: "file in scope: .yaml, .yml or .json",
  kustomize: "directory in scope with a kustomization",
  helm: "directory in scope with a Chart.yaml",
} as const;

/** An entry of `apply:` that names nothing judges nothing. */
function expectEntries(
  { apply = [], manifests, environments }: Config,
  all: readonly string[],
  report: ReportMismatch,
) {
  const scope = scopeOf(manifests);
  const paths = apply.length === 0 ? [] : all.filter((path) => scope.covers(path));
  for (const [index, entry] of apply.entries()) {
    const { path, as, environment, values = [] } = entry;
    const at = `/apply/${index}`;
    if (compilePathGlob(path) === undefined) report(`${at}/path`, unreadable(path));
    else if (!matchesAny(entry, paths))
      report(`${at}/path`, `the pattern "${path}" matches no ${matched[as]}`, "unmatched");
    values.forEach((file, position) => {
      if (!all.includes(cleanPath(file)))
        report(`${at}/values/${position}`, `no such file "${file}" in the repository`);
    });
    if (environment === undefined || Object.hasOwn(environments, environment)) continue;
    const near = nearName(environment, Object.keys(environments));
    const hint = near === undefined ? "" : `; did you mean "${near}"?`;
    report(`${at}/environment`, `no environment "${environment}" under environments${hint}`);
  }
}

/** A pattern that matches nothing asks for no signature. */
function expectSigned(config: Config, report: ReportMismatch): void {
  config.signatures.forEach(({ policies }, index) => {
    const at = `/signatures/${index}/policies`;
    const matches = compilePathGlob(policies);
    if (matches === undefined) return report(at, unreadable(policies));
    if ([...config.extends, ...config.policies].some((written) => matches(referenceAddress(written)))) return;
    report(at, `the pattern "${policies}" matches nothing that extends or policies names`, "unmatched");
  });
}

function expectPolicies(config: Config, { judge }: ActualState, report: ReportMismatch): void {
  // The id of a policy that did not compile is unknown; the compile problem is enough.
  if (judge.problems.length > 0) return;
  const own = new Set(judge.policies.map(({ id }) => id));
  const all = new Set([...own, ...Object.keys(builtinIds)]);
  const expect = (pointer: Pointer, named: object, ids: ReadonlySet<string>): void => {
    for (const id of Object.keys(named)) {
      if (ids.has(id)) continue;
      const near = nearName(id, ids);
      const hint = near === undefined ? "" : `; did you mean "${near}"?`;
      report(below(pointer, id), `no policy has the id "${id}"${hint}`);
    }
  };
  expect("/levels", config.levels, all);
  for (const pattern of Object.keys(config.owners)) {
    const matches = compilePathGlob(pattern);
    const at = below("/owners", pattern);
    if (matches === undefined) report(at, unreadable(pattern));
    else if (![...all, OF_RULES].some((id) => matches(id))) report(at, `the pattern "${pattern}" matches no policy`);
  }
  for (const [name, { levels, parameters }] of Object.entries(config.environments)) {
    expect(pointerOf(["environments", name, "levels"]), levels, all);
    const at = pointerOf(["environments", name, "parameters"]);
    expect(at, parameters, own);
    for (const [id, value] of Object.entries(parameters)) {
      if (!own.has(id)) continue;
      expectRead(below(at, id), { id, value, read: judge.parametersRead ?? "any" }, report);
      for (const { pointer, message } of judge.parameterFaults?.(id, value) ?? [])
        report(below(at, id) + pointer, `policy "${id}": ${message}`);
    }
  }
}

interface Parameters {
  readonly id: string;
  readonly value: Json;
  readonly read: ParametersRead;
}

function expectRead(at: Pointer, { id, value, read }: Parameters, report: ReportMismatch): void {
  const keys = read === "any" ? "any" : (read.get(id) ?? new Set<string>());
  if (keys === "any") return;
  for (const key of isObject(value) ? Object.keys(value) : []) {
    if (keys.has(key)) continue;
    if (keys.size === 0) return report(below(at, key), `policy "${id}" reads no parameters`);
    const near = nearName(key, keys);
    const hint = near === undefined ? `; it reads ${[...keys].toSorted().join(", ")}` : `; did you mean "${near}"?`;
    report(below(at, key), `policy "${id}" reads no parameter "${key}"${hint}`);
  }
}

function holds(paths: readonly string[], path: string): boolean {
  return path === "" || paths.some((known) => known === path || known.startsWith(`${path}/`));
}
