import { existsSync, statSync } from "node:fs";
import type { ExplainedRule } from "../model/explanation.ts";
import type { Finding } from "../model/finding.ts";
import type { Question } from "../model/judge.ts";
import type { PolicySources } from "../model/policy.ts";
import { ruleTexts } from "../rego/explain/rule-texts.ts";
import { explanation } from "../report/explain/explanation.ts";
import { policyPage } from "../report/explain/policy-page.ts";
import { createExplainer, type Explainer } from "./authoring/explainer.ts";
import {
  lastOfEach,
  questionAbout,
  repeatJudgement,
  type Repeated,
  type RepeatOptions,
  sourcesOf,
} from "./authoring/judged-questions.ts";
import { isFingerprint, meantFindings, placeIn, readFindings } from "./authoring/meant-findings.ts";
import { declaredIn, knownId } from "./authoring/known-policies.ts";
import { listOf, pageOf } from "./authoring/policy-facts.ts";
import { UsageError } from "./usage-error.ts";

/** The options of `portcullis explain`. */
export interface ExplainOptions extends RepeatOptions {
  /** A report of `check -o json`. */
  readonly report?: string;
}

/**
 * Runs `portcullis explain`: lists the policies; or explains a policy, a finding, by fingerprint or place, or why a policy
 * has no finding for a manifest.
 * Returns 0 if it is explained, 2 if there is nothing of that name.
 */
export async function explainCommand(
  target: string | undefined,
  manifest: string | undefined,
  options: ExplainOptions,
): Promise<number> {
  const text =
    target === undefined
      ? await listOf(options)
      : manifest === undefined
        ? await aboutTarget(target, options)
        : await aboutManifest(target, manifest, options);
  await new Promise<void>((done) => process.stdout.write(text, () => done()));
  return 0;
}

async function aboutTarget(target: string, options: ExplainOptions): Promise<string> {
  if (placeIn(target) === undefined && !isFingerprint(target)) return pageFor(target, options);
  const kept = options.report === undefined ? undefined : readFindings(options.report);
  const repeated = await repeatJudgement([], options);
  const findings = meantFindings(target, kept ?? repeated.report, repeated.report);
  return withExplainer(repeated, async (explainer) => {
    const texts: string[] = [];
    for (const finding of findings) texts.push(await explainFinding(finding, repeated, explainer));
    return texts.join("\n");
  });
}

async function explainFinding(
  finding: Finding,
  repeated: Repeated,
  explainer: Pick<Explainer, "explain">,
): Promise<string> {
  const { policy, rule, message, manifest, environment, location } = finding;
  const subject = `${manifest.kind} ${[manifest.namespace, manifest.name].filter(Boolean).join("/")} (${location.path}:${location.line})`;
  const fix = finding.description ?? finding.title;
  const told = {
    policy,
    subject,
    message,
    ...(fix === undefined ? {} : { fix }),
    ...(finding.docs === undefined ? {} : { docs: finding.docs }),
  };
  const question = questionAbout(repeated.questions, manifest, environment ?? finding.reaches?.[0]?.environment);
  const known = repeated.policies.find(({ id }) => id === policy);
  const isRego =
    known !== undefined &&
    question !== undefined &&
    ruleTexts(sourcesOf(repeated, question).files, known.package).length > 0;
  if (!isRego) return explanation({ ...told, rule: { name: `data.${known?.package ?? policy}.${rule}`, bodies: [] } });
  const name = `data.${known.package}.${rule}`;
  const asked = { package: known.package, names: [rule] };
  const [first] = explained(await explainer.explain(question, asked, message));
  // A result that is an object is not equal to its message.
  const explainedRule =
    first?.bodies.some(({ holds }) => holds) === true ? first : explained(await explainer.explain(question, asked))[0];
  return explanation({ ...told, rule: explainedRule ?? { name, bodies: [] } });
}

async function aboutManifest(target: string, manifest: string, options: ExplainOptions): Promise<string> {
  const place = existsSync(manifest) ? { path: manifest, line: undefined } : placeIn(manifest);
  if (place === undefined || !existsSync(place.path)) throw new UsageError(`${manifest}: no such file`);
  const repeated = await repeatJudgement([place.path], options);
  const policy = policyOf(target, repeated);
  const inFile = lastOfEach(
    repeated.questions.filter(
      ({ manifest: one }) => repeated.shown(one.position.path) === place.path.replace(/^\.\//, ""),
    ),
  );
  const started = inFile.filter(({ manifest: one }) => place.line === undefined || one.position.line <= place.line);
  const asked = place.line === undefined ? inFile : started.slice(-1);
  if (asked.length === 0) {
    const [problem] = repeated.report.problems;
    throw new UsageError(
      `${manifest}: ${problem === undefined ? "no manifest in it is judged" : `it could not be judged: ${problem.message}`}`,
    );
  }
  const namesFor = (question: Question): readonly string[] => [
    ...new Set(ruleTexts(sourcesOf(repeated, question).files, policy.package).map(({ name }) => name)),
  ];
  if (asked.every((question) => namesFor(question).length === 0))
    throw new UsageError(noRego(policy, manifest, repeated));
  return withExplainer(repeated, async (explainer) => {
    const texts: string[] = [];
    for (const question of asked) {
      const { identity, position } = question.manifest;
      const subject = `${identity.kind} ${[identity.namespace, identity.name].filter(Boolean).join("/")} (${repeated.shown(position.path)}:${position.line})`;
      const rules = explained(
        await explainer.explain(question, { package: policy.package, names: namesFor(question) }),
      );
      for (const rule of rules) texts.push(explanation({ policy: policy.id, subject, rule }));
    }
    return texts.join("\n");
  });
}

function policyOf(given: string, { policies, report }: Repeated): { readonly id: string; readonly package: string } {
  const id = knownId(
    given,
    policies.map((policy) => policy.id),
    report.problems,
  );
  const policy = policies.find((one) => one.id === id);
  return { id, package: policy?.package ?? id };
}

/** Why there is nothing to follow of a policy for a file. */
function noRego(policy: { readonly id: string; readonly package: string }, file: string, repeated: Repeated): string {
  const { sources, ofDocuments } = repeated;
  const sets = [sources, ...ofDocuments];
  const object = declaredIn(policy.id, sets);
  if (object !== undefined)
    return `${policy.id} is declared in ${object.path}:${object.line}; explain follows only rules in Rego files`;
  return sets.some(({ files }) => ruleTexts(files, policy.package).length > 0)
    ? `${policy.id} is not asked about ${file}: the configuration names other policies for it`
    : `${policy.id} is built in: it has no Rego to explain`;
}

/** An explainer for whatever set of policies a question was asked of. */
async function withExplainer(
  repeated: Repeated,
  use: (explainer: Pick<Explainer, "explain">) => Promise<string>,
): Promise<string> {
  const opened = new Map<PolicySources, Explainer>();
  const explainerOf = (sources: PolicySources): Explainer => {
    const explainer = opened.get(sources) ?? createExplainer({ ...repeated, sources });
    opened.set(sources, explainer);
    return explainer;
  };
  try {
    return await use({
      explain: (question, ...asked) => explainerOf(sourcesOf(repeated, question)).explain(question, ...asked),
    });
  } finally {
    for (const explainer of opened.values()) explainer.close();
  }
}

function explained(answer: Awaited<ReturnType<Explainer["explain"]>>): readonly ExplainedRule[] {
  if (typeof answer === "string") throw new UsageError(answer);
  return answer;
}

async function pageFor(target: string, options: ExplainOptions): Promise<string> {
  if (statSync(target, { throwIfNoEntry: false })?.isFile() === true)
    throw new UsageError(
      `${target} is a file: expected the line of a finding, such as ${target}:12, or a policy before it, as in portcullis explain POLICY ${target}`,
    );
  return policyPage(await pageOf(target, options));
}
