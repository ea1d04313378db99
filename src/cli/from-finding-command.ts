import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { Finding } from "../model/finding.ts";
import type { JsonObject } from "../model/json.ts";
import type { PolicySources } from "../model/policy.ts";
import { neededFiles } from "../rego/explain/needed-files.ts";
import { ruleTexts } from "../rego/explain/rule-texts.ts";
import { createToolchain, type Toolchain } from "../rego/toolchain/toolchain.ts";
import { inert } from "../report/inert-text.ts";
import { fixtureOfFinding } from "../engine/authoring/fixture-of-finding.ts";
import { questionAbout, repeatJudgement, type Repeated, type RepeatOptions } from "./authoring/judged-questions.ts";
import { meantFindings } from "./authoring/meant-findings.ts";
import { testOfFinding } from "../engine/authoring/test-of-finding.ts";
import { secretPolicies } from "./authoring/secret-policies.ts";
import { memoryTree } from "../tree/memory-tree.ts";
import { UsageError } from "./usage-error.ts";

/**
 * Runs `portcullis test --from FINDING`: writes a rejected fixture of the manifest of each finding that is meant, beside its
 * policy, and a test rule where the policy has a file of tests. Returns 0; throws UsageError where a finding cannot be
 * written.
 */
export async function fromFindingCommand(
  named: readonly string[],
  { from: target, ...options }: RepeatOptions & { readonly from: string },
): Promise<number> {
  if (named.length > 0) throw new UsageError(`--from ${target}: a PATH of tests cannot be given with it`);
  const repeated = await repeatJudgement([], options);
  const meant = meantFindings(target, repeated.report, repeated.report);
  const findings = meant.filter((finding) => ruleOf(finding, repeated) !== undefined);
  if (findings.length === 0)
    throw new UsageError(
      `${meant[0]?.policy} is not among the policies on disk: a fixture is written beside its Rego file`,
    );
  const toolchain = createToolchain();
  try {
    for (const finding of findings) for (const line of await writeFinding(finding, repeated, toolchain)) say(line);
  } finally {
    toolchain.close();
  }
  return 0;
}

/** The file of the rule that has a finding, and its package; undefined where the policy is not on disk. */
function ruleOf(
  { policy, rule }: Finding,
  { policies, sources }: Repeated,
): { readonly path: string; readonly package: string } | undefined {
  const known = policies.find(({ id }) => id === policy);
  const text = known && ruleTexts(sources.files, known.package).find(({ name }) => name === rule);
  return known === undefined || text === undefined || !existsSync(text.path)
    ? undefined
    : { path: text.path, package: known.package };
}

async function writeFinding(finding: Finding, repeated: Repeated, toolchain: Toolchain): Promise<readonly string[]> {
  const { policy, rule, message, manifest } = finding;
  const place = ruleOf(finding, repeated);
  if (place === undefined) return [];
  const environment = finding.environment ?? finding.reaches?.[0]?.environment;
  const question = questionAbout(repeated.questions, manifest, environment);
  if (question === undefined) throw new UsageError(`${policy}: the manifest of the finding is not judged any more`);
  const { parameters: _, kubernetes: __, ...common } = repeated.sources;
  const sources: PolicySources = { ...common, files: neededFiles(common.files)(place.package) };
  const means = {
    sources,
    secrets: await secretPolicies(),
    toolchain,
    now: repeated.now,
    treeOf: (path: string, text: string) => memoryTree({ [path]: text }),
  };
  const fixture = await fixtureOfFinding(finding, question.manifest.value, means);
  if (fixture === undefined)
    throw new UsageError(
      `${policy}: its manifest alone, without an environment and created anew, does not give this finding: portcullis check --record DIR records the whole repository as a scenario`,
    );
  const about = `${manifest.kind}-${manifest.name}`
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]+/g, "-")
    .replaceAll(/-+$/g, "");
  const path = freePath(join(dirname(place.path), "fixtures", `rejected-${about}`));
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, fixture.text);
  const secret = fixture.scrambled ? ["values that are secret were replaced by random ones"] : [];
  const tested = { rule: `data.${place.package}.${rule}`, message, manifest: fixture.value, about };
  return [`wrote ${path}`, ...secret, ...(await addTest(dirname(place.path), tested, means))];
}

async function addTest(
  directory: string,
  tested: Parameters<typeof testOfFinding>[0] & { readonly manifest: JsonObject },
  means: { readonly sources: PolicySources; readonly toolchain: Toolchain },
): Promise<readonly string[]> {
  const files = readdirSync(directory).filter((name) => name.endsWith("_test.rego"));
  const [file] = [...files.filter((name) => name === "policy_test.rego"), ...files.toSorted()];
  if (file === undefined) return [];
  const path = join(directory, file);
  const added = await testOfFinding(tested, { path, text: readFileSync(path, "utf8") }, means);
  if (added === undefined) return [`${path}: no test was added, since none that asserts the finding passes`];
  writeFileSync(path, added.text);
  return [`changed ${path}: ${added.name}`];
}

/** The first path of a fixture of this name that is not taken. */
function freePath(named: string): string {
  const taken = existsSync(dirname(named)) ? readdirSync(dirname(named)) : [];
  const isTaken = (path: string): boolean => taken.some((name) => name.replace(/\.[^.]*$/, "") === basename(path));
  for (let number = 1; ; number += 1) {
    const path = number === 1 ? named : `${named}-${number}`;
    if (!isTaken(path)) return `${path}.yaml`;
  }
}

function say(line: string): void {
  process.stdout.write(`${inert(line)}\n`);
}
