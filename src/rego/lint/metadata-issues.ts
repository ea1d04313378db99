import type { LintIssue } from "../../model/lint.ts";
import type { Json } from "../../model/json.ts";
import type { PolicyFile } from "../../model/policy.ts";
import { isObject } from "../../manifest/identity.ts";
import type { RuleFacts } from "../policies.ts";

/** What METADATA of policies lacks, and ids that are not the path of their directory. */
export function metadataIssues(rules: readonly RuleFacts[], files: readonly PolicyFile[]): readonly LintIssue[] {
  const byPolicy = new Map<string, RuleFacts[]>();
  for (const rule of rules) byPolicy.set(rule.policy, [...(byPolicy.get(rule.policy) ?? []), rule]);
  return [...byPolicy.values()].flatMap((members): readonly LintIssue[] => {
    const [first] = members;
    if (first === undefined) return [];
    const missing = missingIn(members);
    const line = first.annotations[0]?.path === first.path ? first.annotations[0].line : packageLine(first.path, files);
    const incomplete: readonly LintIssue[] =
      missing.length === 0
        ? []
        : [
            {
              path: first.path,
              line,
              rule: "metadata",
              message: `METADATA of ${first.policy} lacks ${missing.join(", ")}`,
            },
          ];
    return [...incomplete, ...idIssues(first, files)];
  });
}

/** The keys that no block of some rule has, as they are written. */
function missingIn(members: readonly RuleFacts[]): readonly string[] {
  const has = (rule: RuleFacts, of: (value: { readonly [key: string]: Json }) => Json | undefined): boolean =>
    rule.annotations.some(({ value }) => of(value) !== undefined);
  const custom = (key: string) => (value: { readonly [key: string]: Json }) => {
    const own = value["custom"];
    return isObject(own) ? own[key] : undefined;
  };
  const lacks = (of: (value: { readonly [key: string]: Json }) => Json | undefined): boolean =>
    members.some((rule) => !has(rule, of));
  return [
    ...["title", "description", "related_resources"].filter((key) => lacks((value) => value[key])),
    // The id of a package portcullis.category.name is its name, and levels of the library are those of its profiles.
    ...(members.some(({ policy, package: name }) => policy === name) ? ["custom.id"] : []),
    ...(members.some(isShipped) || !lacks(custom("level")) ? [] : ["custom.level"]),
  ];
}

function isShipped({ package: name }: RuleFacts): boolean {
  return name.startsWith("portcullis.");
}

function idIssues({ policy, package: name, path }: RuleFacts, files: readonly PolicyFile[]): readonly LintIssue[] {
  const expected = path.split("/").slice(0, -1).slice(-2).join("/");
  if (policy === name || !expected.includes("/") || expected === policy) return [];
  const message = `the id ${policy} is not the path of its directory: expected ${expected}`;
  return [{ path, line: idLine(path, files) ?? packageLine(path, files), rule: "id-path", message }];
}

function idLine(path: string, files: readonly PolicyFile[]): number | undefined {
  const at = lineOf(path, files, /^#\s+id:/);
  return at === 0 ? undefined : at;
}

function packageLine(path: string, files: readonly PolicyFile[]): number {
  return Math.max(1, lineOf(path, files, /^package\s/));
}

function lineOf(path: string, files: readonly PolicyFile[], pattern: RegExp): number {
  const lines = files.find((file) => file.path === path)?.text.split("\n") ?? [];
  return lines.findIndex((line) => pattern.test(line)) + 1;
}
