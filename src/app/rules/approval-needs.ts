import { isDeepStrictEqual } from "node:util";
import { CONFIG_FILE } from "../../config/config-file.ts";
import { readByPolicies } from "../../config/config-file-sources.ts";
import type { ApprovalNeed } from "../../gate/approvals/approval-need.ts";
import { OF_RULES } from "../../gate/approvals/owners-of.ts";
import { builtinIds } from "../../gate/builtin-ids.ts";
import { CODE_OWNERS } from "../../gate/code-owners.ts";
import { gatingDefault } from "../../gate/gated-branches.ts";
import type { Finding } from "../../model/finding.ts";
import type { PolicySources } from "../../model/policy.ts";
import { count } from "../../report/wording.ts";
import { ownersOfMatching } from "./owners-of-matching.ts";
import type { PolicySet } from "./policy-set.ts";
import { ownLine } from "./rules-change.ts";
import { weakeningFinding, weakenings } from "./weakening.ts";

type Set_ = Extract<PolicySet, { readonly kind: "set" }>;

/** A need of a change of the rules, and the finding that shows it. */
export interface RulesNeed extends ApprovalNeed {
  /** That of its finding. */
  readonly fingerprint: string;
  /** The digest of the waiver that is proposed; absent: it is about something else. */
  readonly waiver?: string;
}

/** The keys of the configuration that decide what judges; for each of the others `weakenings` tells what is loosened. */
const DECIDING = [
  "extends",
  "policies",
  "combine",
  "data",
  "documents",
  "waivers",
  "signatures",
  "kustomize",
  "approvals",
] as const;

/** The change of rules that owners are asked about. */
interface RulesEdit {
  /** The paths whose content differs. */
  readonly changed: readonly string[];
  /** The default branch. */
  readonly branch: string;
  /** RFC 3339. */
  readonly now: string;
  /** What is known to be loosened, by the effect on the whole tree. */
  readonly findings: readonly Finding[];
}

/**
 * What in a change of the rules needs the approval of an owner, by the rules in force: what it loosens, every file that
 * decides and is not the same, and who owns what. `findings` are those that show what no other finding does.
 */
export function approvalNeeds(
  inForce: Set_,
  proposed: PolicySet,
  edit: RulesEdit,
): { readonly needs: readonly RulesNeed[]; readonly findings: readonly Finding[] } {
  const fileOf = filesOfPolicies(inForce);
  const needs: RulesNeed[] = [];
  const findings: Finding[] = [];
  const ask = (
    { what, key, at, by = {} }: Asked,
    owners = inForce.owners(by.policy, fileOf(by.policy) ?? at.path),
  ): void => {
    const finding = weakeningFinding(what, at.line, at.path);
    needs.push({ what, key, owners, ...at, fingerprint: finding.fingerprint });
    const isShown = [...edit.findings, ...findings].some(({ fingerprint }) => fingerprint === finding.fingerprint);
    if (!isShown) findings.push(finding);
  };
  const inConfig = (keys: readonly string[]): Place => ({
    path: CONFIG_FILE,
    line: proposed.kind === "none" ? 1 : ownLine(proposed.source, keys),
  });
  const rulesOf = ({ config, judge }: Set_) => ({
    config: gatingDefault(config, edit.branch),
    policies: judge.policies,
  });
  const found = weakenings(
    rulesOf(inForce),
    proposed.kind === "none" ? undefined : rulesOf(proposed),
    edit.now.slice(0, 10),
  );
  for (const { sentence, at, policy, policies } of found) {
    const place = inConfig(at);
    const owning =
      policies === undefined ? [undefined] : ownersOfMatching(inForce, policies, (one) => fileOf(one) ?? place.path);
    for (const owners of owning)
      ask(
        {
          what: sentence,
          key: owners === undefined ? sentence : `${sentence} ${owners.join(" ")}`,
          at: place,
          by: policy === undefined ? {} : { policy },
        },
        owners,
      );
  }
  if (proposed.kind === "none") return { needs, findings };
  for (const key of DECIDING)
    if (!isDeepStrictEqual(inForce.config[key], proposed.config[key]))
      ask({ what: `edits ${key} in ${CONFIG_FILE}`, key, at: inConfig([key]) });
  for (const file of editedFiles(inForce, proposed, edit.changed)) {
    for (const policy of file.policies)
      ask({
        what: `${file.how} ${file.path}${policy === undefined ? "" : ` (${policy})`}`,
        key: `${file.path} ${policy ?? ""}`,
        at: { path: file.path, line: file.line },
        by: policy === undefined ? {} : { policy },
      });
  }
  for (const { what, owners } of movedOwners(inForce, proposed, edit.changed)) {
    const isInConfig = !isDeepStrictEqual(inForce.config.owners, proposed.config.owners);
    const path = edit.changed.find((one) => CODE_OWNERS.includes(one)) ?? CONFIG_FILE;
    ask({ what, key: what, at: isInConfig ? inConfig(["owners"]) : { path, line: 1 } }, owners);
  }
  // Whatever else it is that stops something from being blocked.
  if (needs.length === 0)
    for (const { message, location, fingerprint } of edit.findings) {
      const what = message.replace(/^This change /, "").replace(/\.$/, "");
      const { path, line } = location;
      needs.push({ what, key: "blocks less", path, line, owners: inForce.owners(undefined, path), fingerprint });
    }
  return { needs, findings };
}

interface Place {
  readonly path: string;
  readonly line: number;
}

interface Asked {
  readonly what: string;
  readonly key: string;
  readonly at: Place;
  readonly by?: { readonly policy?: string };
}

/** Whether a change may concern who owns rules, where approvals are asked for. */
export function touchesOwners(changed: readonly string[], set: Set_): boolean {
  return set.config.approvals === "on" && changed.some((path) => CODE_OWNERS.includes(path));
}

interface EditedFile extends Place {
  readonly how: "adds" | "edits" | "removes";
  /** The policies that are in it; undefined where it holds none, as data and libraries. */
  readonly policies: readonly (string | undefined)[];
}

/** The files that decide and that the change adds, edits or removes. Policy tests decide nothing. */
function editedFiles(inForce: Set_, proposed: Set_, changed: readonly string[]): readonly EditedFile[] {
  const [old, next] = [textsOf(inForce), textsOf(proposed)];
  const policiesIn = packagesOf(inForce, proposed);
  return changed.flatMap((path): readonly EditedFile[] => {
    const [was, is] = [old.get(path), next.get(path)];
    if (was === is) return [];
    const how = was === undefined ? "adds" : is === undefined ? "removes" : "edits";
    // Whatever data says of itself, only Rego has a package.
    const isRego = path.endsWith(".rego");
    const policies = [...new Set([was, is].flatMap((text) => (isRego ? policiesIn(text) : [])))];
    return [
      {
        path,
        how,
        line: was === undefined || is === undefined ? 1 : firstDifference(was, is),
        policies: policies.length === 0 ? [undefined] : policies,
      },
    ];
  });
}

/** Who owns what differently, by those who owned it. */
function movedOwners(
  inForce: Set_,
  proposed: Set_,
  changed: readonly string[],
): readonly { readonly what: string; readonly owners: readonly string[] }[] {
  const ownersFile = changed.some((path) => CODE_OWNERS.includes(path));
  if (!ownersFile && isDeepStrictEqual(inForce.config.owners, proposed.config.owners)) return [];
  const fileOf = filesOfPolicies(inForce);
  const subjects: readonly { readonly policy?: string; readonly path: string; readonly name: string }[] = [
    ...[...inForce.judge.policies.map(({ id }) => id), ...Object.keys(builtinIds)].map((policy) => ({
      policy,
      path: fileOf(policy) ?? CONFIG_FILE,
      name: policy,
    })),
    ...[CONFIG_FILE, ...textsOf(inForce).keys()].map((path) => ({
      path,
      name: path === CONFIG_FILE ? OF_RULES : path,
    })),
  ];
  const moved = new Map<string, { readonly owners: readonly string[]; readonly names: string[] }>();
  for (const { policy, path, name } of subjects) {
    const owners = inForce.owners(policy, path);
    if (isDeepStrictEqual(owners, proposed.owners(policy, path))) continue;
    const key = owners.join(" ");
    const group = moved.get(key) ?? { owners, names: [] };
    moved.set(key, group);
    if (!group.names.includes(name)) group.names.push(name);
  }
  return [...moved.values()].map(({ owners, names: [first = "", ...more] }) => ({
    what: `gives other owners to ${first}${more.length === 0 ? "" : ` and ${count(more.length, "more policy or file", "more policies and files")}`}`,
    owners,
  }));
}

function allSources({ sources, documents }: Set_): readonly PolicySources[] {
  return [sources, ...documents];
}

/** The texts that decide, by path. */
function textsOf(set: Set_): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  const add = (path: string, text: string): void => void texts.set(path, `${texts.get(path) ?? ""}${text}`);
  for (const sources of allSources(set)) {
    const { files, data, objects = [] } = sources;
    for (const { path, text } of files) add(path, text);
    for (const { path, text } of data) add(path, text);
    for (const [path, text] of readByPolicies(sources)) texts.set(path, text);
    for (const { path, document, value } of objects) add(path, document?.text ?? JSON.stringify(value));
  }
  return texts;
}

const PACKAGE = /^[ \t]*package[ \t]+(\S+)/m;

/** The policies in a text, by its package. */
function packagesOf(...sets: readonly Set_[]): (text: string | undefined) => readonly string[] {
  const policies = sets.flatMap(({ judge }) => judge.policies);
  return (text) => {
    const name = PACKAGE.exec(text ?? "")?.[1];
    return policies.flatMap(({ id, package: own }) => (own === name ? [id] : []));
  };
}

/** The file that a policy is in; undefined where it is not of the tree. */
function filesOfPolicies(set: Set_): (policy: string | undefined) => string | undefined {
  const files = new Map<string, string>();
  for (const { files: all } of allSources(set))
    for (const { path, text } of all) {
      const name = PACKAGE.exec(text)?.[1];
      if (name !== undefined && !files.has(name)) files.set(name, path);
    }
  const packages = new Map(set.judge.policies.map(({ id, package: own }) => [id, own]));
  return (policy) => (policy === undefined ? undefined : files.get(packages.get(policy) ?? ""));
}

function firstDifference(old: string, next: string): number {
  const [was, is] = [old.split("\n"), next.split("\n")];
  const index = is.findIndex((line, at) => line !== was[at]);
  return index < 0 ? Math.max(1, is.length) : index + 1;
}
