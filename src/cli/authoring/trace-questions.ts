import type { Question } from "../../model/judge.ts";
import type { Policy, PolicySources } from "../../model/policy.ts";
import type { TracedManifest, TracedPolicy } from "../../model/trace.ts";
import type { Tree } from "../../model/tree.ts";
import type { PrintedLine } from "../../rego/builtins/builtin.ts";
import { ruleTexts, type RuleText } from "../../rego/explain/rule-texts.ts";
import { readModule } from "../../rego/reading/module.ts";
import { createToolchain } from "../../rego/toolchain/toolchain.ts";
import { createExplainer, type Explainer } from "./explainer.ts";
import { lastOfEach } from "./judged-questions.ts";

/** So often a policy is explained for a manifest in one run; each takes about a tenth of a second. */
const MOST_EXPLAINED = 120;

/** A run to trace. */
export interface TracedRun {
  readonly asked: ReadonlyMap<PolicySources, readonly Question[]>;
  readonly policies: readonly Policy[];
  readonly after: Tree;
  readonly now: string;
  readonly shown: (path: string) => string;
  /** What policies printed, by the `path:line` of the manifest. */
  readonly printed: ReadonlyMap<string, readonly PrintedLine[]>;
}

/**
 * Explains what each policy did with each manifest that it was asked about. Of many, each policy is explained for an equal
 * number: those first whose kind its rules name.
 */
export async function traceRun(run: TracedRun): Promise<readonly TracedPolicy[]> {
  const policies = [...new Map(run.policies.map((policy) => [`${policy.id} ${policy.package}`, policy])).values()];
  const sets = [...run.asked].map(([sources, questions]) => ({
    sources,
    questions: lastOfEach(questions),
    policies: policies.filter((policy) => rulesOf(sources, policy).length > 0),
  }));
  const count = sets.reduce((sum, set) => sum + set.policies.length, 0);
  const each = Math.max(1, Math.floor(MOST_EXPLAINED / Math.max(1, count)));
  const traced: TracedPolicy[] = [];
  const toolchain = createToolchain();
  try {
    for (const set of sets) {
      const explainer = createExplainer({ ...run, sources: set.sources }, toolchain);
      for (const policy of set.policies) traced.push(await tracePolicy(policy, { ...run, ...set, explainer, each }));
    }
  } finally {
    toolchain.close();
  }
  const others = policies.filter(({ id }) => !traced.some(({ policy }) => policy === id));
  return [...traced, ...others.map(({ id }) => untraced(id, "only rules in Rego files are"))];
}

interface PolicyRun extends Omit<TracedRun, "asked" | "policies"> {
  readonly sources: PolicySources;
  readonly questions: readonly Question[];
  readonly explainer: Explainer;
  readonly each: number;
}

async function tracePolicy(policy: Policy, run: PolicyRun): Promise<TracedPolicy> {
  const { sources, questions, explainer, each } = run;
  const rules = rulesOf(sources, policy);
  const names = [...new Set(rules.map(({ name }) => name))];
  const paths = new Set(rules.map(({ path }) => path));
  if (sources.files.some((file) => paths.has(file.path) && file.combine === true))
    return untraced(policy.id, "it gets all manifests at once");
  const chosen = namedFirst(questions, rules).slice(0, each);
  const manifests: TracedManifest[] = [];
  for (const question of chosen) {
    const explained = await explainer.explain(question, { package: policy.package, names });
    if (typeof explained === "string") return untraced(policy.id, explained);
    manifests.push({ subject: subjectOf(question, run), rules: explained, printed: printedBy(question, policy, run) });
  }
  return { policy: policy.id, manifests, left: questions.length - chosen.length };
}

function rulesOf({ files }: PolicySources, policy: Policy): readonly RuleText[] {
  return ruleTexts(files, policy.package);
}

function untraced(policy: string, reason: string): TracedPolicy {
  return { policy, manifests: [], left: 0, untraced: reason };
}

/** The questions about manifests whose kind the rules name before the others. */
function namedFirst(questions: readonly Question[], rules: readonly RuleText[]): readonly Question[] {
  const text = rules.flatMap(({ lines }) => lines).join("\n");
  const isNamed = ({ manifest }: Question): boolean => text.includes(`"${manifest.identity.kind}"`);
  return [...questions.filter(isNamed), ...questions.filter((question) => !isNamed(question))];
}

function subjectOf(
  { manifest: { identity, position, environment }, operation }: Question,
  { shown }: PolicyRun,
): string {
  const name = [identity.namespace, identity.name].filter(Boolean).join("/");
  const deleted = operation === "DELETE" ? "deleted " : "";
  const where = environment === undefined ? "" : ` in ${environment}`;
  return `${deleted}${identity.kind} ${name} (${shown(position.path)}:${position.line})${where}`;
}

/** What the files of a policy's package printed about the manifest of a question. */
function printedBy({ manifest }: Question, policy: Policy, { sources, printed }: PolicyRun): readonly PrintedLine[] {
  const { path, line } = manifest.position;
  const files = sources.files.filter((file) => readModule(file).package === policy.package);
  return (printed.get(`${path}:${line}`) ?? []).filter(({ at }) =>
    files.some((file) => at.startsWith(`${file.path}:`)),
  );
}
