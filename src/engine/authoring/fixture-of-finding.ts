import { defaultConfig } from "../../config/default-config.ts";
import { openJudge } from "../open-judge.ts";
import { check } from "../../gate/check.ts";
import { entryLines } from "../../manifest/yaml-text.ts";
import type { Finding } from "../../model/finding.ts";
import type { JsonObject } from "../../model/json.ts";
import type { Judge } from "../../model/judge.ts";
import type { PolicySources } from "../../model/policy.ts";
import type { Tree } from "../../model/tree.ts";
import type { Toolchain } from "../../rego/toolchain/toolchain.ts";
import { withFixtureInventories } from "../fixture-inventories.ts";
import { reducedManifest } from "./reduced-manifest.ts";
import { secretPointers, withScrambled } from "./without-secrets.ts";

/** A manifest as small as it can be for a finding, without what is secret in it. */
export interface FindingFixture {
  readonly value: JsonObject;
  /** As YAML, with `# finding` on the lines of the policy's findings. */
  readonly text: string;
  /** Whether something secret was replaced by other text. */
  readonly scrambled: boolean;
}

/** What a fixture is made with. */
export interface FixtureMeans {
  /** The files that the policy needs, and their data. */
  readonly sources: PolicySources;
  /** Policies whose findings are in what must not be written. */
  readonly secrets: PolicySources;
  readonly toolchain: Toolchain;
  readonly now: string;
  /** A tree with one file. */
  readonly treeOf: (path: string, text: string) => Tree;
}

const FILE = "fixture.yaml";

/** Makes a fixture of the manifest of a finding; undefined where the manifest alone does not give the finding. */
export async function fixtureOfFinding(
  finding: Finding,
  manifest: JsonObject,
  means: FixtureMeans,
): Promise<FindingFixture | undefined> {
  const { toolchain, now } = means;
  const judge = await openJudge(means.sources, now, { toolchain });
  const secrets = await openJudge(means.secrets, now, { toolchain });
  try {
    const found = (value: JsonObject): Promise<readonly Finding[]> => findingsIn(yamlOf(value), judge, means);
    const inPlainSight = await findingsIn(yamlOf(manifest), secrets, means);
    const own = finding.policy.startsWith("secrets/") ? [finding] : [];
    const pointers = [...secretPointers(manifest), ...[...inPlainSight, ...own].map(({ pointer }) => pointer)];
    const clean = withScrambled(manifest, pointers);
    const ofRule = (await found(clean)).filter(
      ({ policy, rule }) => policy === finding.policy && rule === finding.rule,
    );
    const wanted = ofRule.find(({ message }) => message === finding.message) ?? ofRule[0];
    if (wanted === undefined) return undefined;
    const key = keyOf(wanted);
    const value = await reducedManifest(clean, async (of) => (await found(of)).some((one) => keyOf(one) === key));
    const lines = yamlOf(value).split("\n");
    const marked = new Set(
      (await found(value)).filter(({ policy }) => policy === finding.policy).map(({ location }) => location.line),
    );
    const text = lines.map((line, at) => (marked.has(at + 1) ? `${line} # finding` : line)).join("\n");
    return { value, text, scrambled: JSON.stringify(clean) !== JSON.stringify(manifest) };
  } finally {
    await Promise.all([judge.close(), secrets.close()]);
  }
}

/** The same rule with the same message at the same place, whatever items there are before it. */
function keyOf({ rule, message, pointer }: Finding): string {
  return JSON.stringify([rule, message, pointer.replaceAll(/\/\d+(?=\/|$)/g, "/*")]);
}

function yamlOf(value: JsonObject): string {
  const style = { step: 2, dash: 2 };
  return Object.entries(value)
    .flatMap(([key, item]) => entryLines(key, item, 0, style))
    .concat("")
    .join("\n");
}

async function findingsIn(text: string, judge: Judge, { now, treeOf }: FixtureMeans): Promise<readonly Finding[]> {
  const judged = { after: "fixture", how: "directory" } as const;
  const { findings } = await check({
    after: treeOf(FILE, text),
    config: defaultConfig,
    judge: withFixtureInventories(judge, () => FILE),
    now,
    judged,
    paths: [FILE],
    allowEmpty: true,
  });
  return findings;
}
