import type { Judge, Question } from "../model/judge.ts";
import type { JsonObject } from "../model/json.ts";
import type { Manifest } from "../model/manifest.ts";
import type { PolicyObject, ResultMetadata } from "../model/policy.ts";
import type { Problem } from "../model/problem.ts";
import type { Judgement, Violation } from "../model/violation.ts";
import { digestOf } from "../rego/compile-sources.ts";
import type { JudgeOptions } from "../rego/create-judge.ts";
import { createCelModule, type CelModule } from "../cel/cel-module.ts";
import { defaultCacheDirectory } from "../rego/toolchain/cache-directory.ts";
import { isObject } from "../manifest/identity.ts";
import { awaitedFacts, factsOf, knownFromFacts, needsOf } from "./facts.ts";
import { asksProvider } from "./gaps.ts";
import { nothingKnown } from "./known-objects.ts";
import { readGatekeeper } from "./read-policies.ts";
import { reviewObjects, type ReviewAnswer, type ReviewAsk, type Reviewer } from "./review-objects.ts";
import { compileTemplate } from "./compile-template.ts";
import type { TemplateCode } from "./template-code.ts";
import { textAt } from "./values.ts";

/** What a judge for Gatekeeper's policies is made with. */
export interface GatekeeperOptions extends JudgeOptions {
  /** Evaluates code in CEL; it is not closed with the judge. Default: one of its own. */
  readonly cel?: CelModule;
}

/**
 * Makes a judge of the Gatekeeper policies among objects; undefined where there are none. It is asked about each manifest
 * first, and once more where it awaits facts; or `with facts` only.
 */
export async function createGatekeeperJudge(
  objects: readonly PolicyObject[],
  options: GatekeeperOptions,
  asked: "as facts come" | "with facts" = "as facts come",
): Promise<Judge | undefined> {
  const own = objects.filter(({ value }) => textAt(value, "apiVersion")?.includes(".gatekeeper.sh/") === true);
  if (own.length === 0) return undefined;
  const policies = readGatekeeper(own);
  const cel = options.cel ?? createCelModule({ cacheDir: options.cacheDir ?? defaultCacheDirectory() });
  const codes = new Map<string, TemplateCode>();
  const problems: Problem[] = [...policies.problems];
  for (const template of policies.templates) {
    if (asksProvider(template)) continue;
    const code = await compileTemplate(template, options, cel);
    problems.push(...code.problems);
    codes.set(template.kind, code);
  }
  const all = [...codes.values()];
  const judged = policies.constraints.filter(({ template }) => codes.has(template.kind));
  const needs = needsOf(judged);
  const facts = {
    digest: digestOf({ files: [], data: [], regoVersion: "v0", objects: own }, [
      "gatekeeper",
      options.toolchain.digest,
      ...(policies.templates.some(({ native }) => native !== undefined) ? [cel.digest] : []),
    ]),
    policies: judged.map(({ policy }) => policy),
    problems,
    warnings: policies.gaps,
    parametersRead: new Map(),
    readsChange: policies.templates.some(
      ({ kind, operations }) => operations.length > 0 || codes.get(kind)?.readsChange === true,
    ),
    readsTime: all.some(({ readsTime }) => readsTime),
    ...(all.some(({ prints }) => prints) ? { prints: true as const } : {}),
    environmentKey: () => "",
    factsOf: (manifest: Manifest) => factsOf(manifest, needs),
    awaits: (question: Question) => {
      if (!needs.inventory && !needs.namespaces) return undefined;
      const keys = [...awaitedFacts(judged, policies.expansions, askOf(question)).values()].flat();
      return keys.length === 0 ? undefined : [...new Set(keys)];
    },
  };
  const answering = (of: ReadonlyMap<string, TemplateCode>): Judge => {
    const reviewer: Reviewer = { ...policies, constraints: judged, codeOf: (kind) => of.get(kind) };
    return {
      ...facts,
      leavesOut: () => [...of.values()].some((code) => code.leavesOut()),
      apart: () => answering(new Map([...codes].map(([kind, code]) => [kind, code.apart()]))),
      judge: async (questions) => {
        const asks = questions.map(askOf);
        const awaited = asks.map((ask) => awaitedFacts(judged, policies.expansions, ask));
        // What awaits facts is not asked without them, and nothing else is asked with them.
        const answers = await reviewObjects(
          reviewer,
          asks,
          (constraint, at) =>
            asked === "with facts" || (questions[at]?.facts !== undefined) === (awaited[at]?.has(constraint) ?? false),
        );
        return answers.map((answer, at) => judgementOf(answer, questions[at], of));
      },
      close: async () => {
        await Promise.all([...of.values()].map((code) => code.close()));
        if (of === codes && options.cel === undefined) cel.close();
      },
    };
  };
  return answering(codes);
}

/** A question as admission would ask it: an object in a namespace says so. */
function askOf({ manifest, operation, oldObject, facts }: Question): ReviewAsk {
  const { identity, apiVersion, value, position } = manifest;
  const { group, kind, namespace } = identity;
  return {
    place: `${position.path}:${position.line}`,
    object: namespace === undefined ? value : inNamespace(value, namespace),
    ...(oldObject === undefined ? {} : { oldObject }),
    operation,
    group,
    version: apiVersion.slice(apiVersion.indexOf("/") + 1),
    kind,
    namespace,
    known: facts === undefined ? nothingKnown : knownFromFacts(facts),
  };
}

function inNamespace(object: JsonObject, namespace: string): JsonObject {
  const metadata = isObject(object["metadata"]) ? object["metadata"] : {};
  return metadata["namespace"] === namespace ? object : { ...object, metadata: { ...metadata, namespace } };
}

function judgementOf(
  { results, failures }: ReviewAnswer,
  question: Question | undefined,
  codes: ReadonlyMap<string, TemplateCode>,
): Judgement {
  const position = question?.manifest.position;
  return {
    violations: results.flatMap(({ constraint, level, message, details, causes }) =>
      causes.map((cause): Violation => ({
        policy: constraint.policy.id,
        rule: "violation",
        level,
        message,
        cause,
        ...metadataOf(details),
        readsChange: codes.get(constraint.template.kind)?.readsChange === true,
      })),
    ),
    excepted: [],
    problems: failures.map((message): Problem => ({
      stage: "evaluate",
      ...(position === undefined ? {} : { path: position.path, line: position.line }),
      message,
    })),
  };
}

/** `details` with anything in it. */
function metadataOf(details: ReviewAnswer["results"][number]["details"]): { readonly metadata?: ResultMetadata } {
  if (details === undefined || (isObject(details) && Object.keys(details).length === 0)) return {};
  return { metadata: isObject(details) ? details : { details } };
}
