import { canonicalJson } from "../manifest/canonical-json.ts";
import { sha256 } from "../manifest/sha256.ts";
import type { Judge } from "../model/judge.ts";
import type { PolicyObject } from "../model/policy.ts";
import type { Judgement } from "../model/violation.ts";
import type { CelModule } from "./cel-module.ts";
import { compilePolicies, isCelObject } from "./compile-policies.ts";
import { judgingPolicies } from "./judge-policies.ts";
import { judgingRules } from "./judge-rules.ts";
import type { KubernetesKinds } from "./kubernetes-kinds.ts";
import type { PartialJudge } from "./partial-judge.ts";

/** What a judge for CEL is created with. */
export interface CelJudgeOptions {
  readonly kinds: KubernetesKinds;
  /** Whether custom resources are judged by the rules of their CRDs. */
  readonly rules: boolean;
  /** The objects of the policy set; those that declare no policies in CEL are left alone. */
  readonly objects?: readonly PolicyObject[];
}

/**
 * Creates the judge of everything that is written in CEL. The module is loaded once something needs it, and is not closed
 * with the judge.
 */
export async function createCelJudge(module: CelModule, options: CelJudgeOptions): Promise<Judge> {
  const objects = (options.objects ?? []).filter(isCelObject);
  const { bound, policies, problems, warnings } = await compilePolicies(module, objects);
  const parts: readonly PartialJudge[] = [
    ...(options.rules ? [judgingRules(module, options.kinds)] : []),
    ...(bound.length > 0 ? [judgingPolicies(module, bound, options.kinds)] : []),
  ];
  const judge: Judge = {
    digest: sha256(canonicalJson(["cel 1", module.digest, options.rules, objects.map(({ value }) => value)])),
    // The rules of CRDs are no policies of the set: a set without any is none with them.
    policies,
    problems,
    warnings,
    readsChange: bound.some(({ policy: { match } }) => match.rules.some(namesDeletion)),
    readsTime: false,
    // What differs between environments are the facts.
    environmentKey: () => "",
    factsOf: (manifest) => parts.flatMap((part) => part.factsOf(manifest)),
    awaits: (question) => {
      const keys = parts.flatMap((part) => part.awaits(question));
      return keys.length === 0 ? undefined : keys;
    },
    judge: async (questions) => {
      const answers = await Promise.all(parts.map((part) => part.judge(questions)));
      return questions.map((_, at) => joined(answers.flatMap((one) => one[at] ?? [])));
    },
    apart: () => judge,
    close: () => Promise.resolve(),
  };
  return judge;
}

function namesDeletion({ operations }: { readonly [key: string]: unknown }): boolean {
  return Array.isArray(operations) && (operations.includes("DELETE") || operations.includes("*"));
}

function joined(judgements: readonly Judgement[]): Judgement {
  return {
    violations: judgements.flatMap(({ violations }) => violations),
    excepted: [],
    problems: judgements.flatMap(({ problems }) => problems),
  };
}
