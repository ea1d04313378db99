import { isCelObject } from "../cel/compile-policies.ts";
import { servedByCrd, servedKey } from "../cel/resources.ts";
import { groupOf, policyObjectUse } from "../config/policy-object-kinds.ts";
import { factsOf, inventoryKey, namespaceKey } from "../gatekeeper/facts.ts";
import { identityOf, isManifest } from "../manifest/identity.ts";
import { kubernetesGroups } from "../manifest/kubernetes-kinds.ts";
import type { Fact, KnownFacts } from "../model/fact.ts";
import type { Json, JsonObject } from "../model/json.ts";
import type { Judge, PolicyWarning, Question } from "../model/judge.ts";
import type { Manifest } from "../model/manifest.ts";
import type { Policy, PolicyObject } from "../model/policy.ts";
import type { Problem } from "../model/problem.ts";
import type { Judgement } from "../model/violation.ts";

/** The key of the facts that are policies. */
const policiesKey = "cluster/policies";

/** Makes judges of policy objects, one for each dialect. They are asked about each manifest once, with the facts of the whole tree. */
export interface MakeClusterPolicies {
  readonly gatekeeper: (objects: readonly PolicyObject[]) => Promise<Judge | undefined>;
  readonly cel: (objects: readonly PolicyObject[]) => Promise<Judge | undefined>;
}

/**
 * Judges each environment by the policies that its own desired state contains. They are facts: with a change those of the
 * tree before hold, so that a change is not judged by what it says itself.
 */
export function createClusterJudge(of: MakeClusterPolicies, digest: string): Judge {
  const made = new Map<string, Promise<readonly AskedJudge[]>>();
  const policies = new Map<string, Policy>([[clusterPolicy.id, clusterPolicy]]);
  const warnings = new Map<string, PolicyWarning>();

  const make = async (objects: readonly PolicyObject[]): Promise<readonly AskedJudge[]> => {
    const [ofGatekeeper, inCel] = [objects.filter(isOfGatekeeper), objects.filter(isCelObject)];
    const gatekeeper = ofGatekeeper.length === 0 ? undefined : await of.gatekeeper(ofGatekeeper);
    const cel = inCel.length === 0 ? undefined : await of.cel(inCel);
    return [
      ...(gatekeeper === undefined ? [] : [{ judge: gatekeeper, factsFor: (facts: KnownFacts) => facts }]),
      ...(cel === undefined ? [] : [{ judge: cel, factsFor: withFactsOf(cel) }]),
    ];
  };

  const judgesOf = (facts: KnownFacts): Promise<readonly AskedJudge[]> => {
    const own = facts.facts.filter(({ key }) => key === policiesKey);
    const key = JSON.stringify(own.map((fact) => fact.digest));
    const known = made.get(key);
    if (known !== undefined) return known;
    const objects = own.flatMap(({ value }) => objectOf(value) ?? []);
    for (const { path, line, value } of objects.filter((one) => !isOfGatekeeper(one) && !isCelObject(one))) {
      const kind = typeof value["kind"] === "string" ? value["kind"] : "an object";
      const message = `${kind} of ${groupOf(value)} is not judged where policies: names cluster`;
      warnings.set(`${path}:${line}`, { path, line, message, gap: "warn" });
    }
    const judges = make(objects);
    made.set(key, judges);
    return judges;
  };

  const answer = async (facts: KnownFacts, questions: readonly Question[]): Promise<readonly Judgement[]> => {
    const answers: Judgement[] = questions.map(() => silent);
    for (const { judge, factsFor } of await judgesOf(facts)) {
      for (const policy of judge.policies) policies.set(policy.id, policy);
      for (const warning of judge.warnings ?? []) warnings.set(JSON.stringify(warning), warning);
      const known = factsFor(facts);
      const judgements = await judge.judge(questions.map((question) => ({ ...question, facts: known })));
      for (const [at, { manifest }] of questions.entries()) {
        const { violations, excepted, problems } = answers[at] ?? silent;
        const more = judgements[at] ?? silent;
        answers[at] = {
          violations: [...violations, ...more.violations],
          excepted: [...excepted, ...more.excepted],
          problems: [...problems, ...more.problems, ...problemsWith(manifest, judge)],
        };
      }
    }
    return answers;
  };

  const judge: Judge = {
    digest: `cluster ${digest}`,
    get policies() {
      return [...policies.values()];
    },
    get warnings() {
      return [...warnings.values()];
    },
    problems: [],
    readsChange: true,
    environmentKey: () => "",
    factsOf: (manifest) => [
      ...policyFacts(manifest),
      ...factsOf(manifest, { inventory: true, namespaces: true }),
      ...servedByCrd(manifest),
    ],
    awaits: ({ manifest: { identity } }) => [
      policiesKey,
      inventoryKey,
      ...(identity.namespace === undefined ? [] : [namespaceKey(identity.namespace)]),
      ...(kubernetesGroups.has(identity.group) ? [] : [servedKey(identity.group, identity.kind)]),
    ],
    apart: () => judge,
    judge: async (questions) => {
      const byFacts = new Map<KnownFacts, number[]>();
      for (const [at, { facts }] of questions.entries())
        if (facts !== undefined) byFacts.set(facts, [...(byFacts.get(facts) ?? []), at]);
      const answers = questions.map(() => silent);
      for (const [facts, places] of byFacts) {
        const asked = places.flatMap((at) => questions[at] ?? []);
        for (const [n, one] of (await answer(facts, asked)).entries()) answers[places[n] ?? -1] = one;
      }
      return answers;
    },
    close: async () => {
      const judges = await Promise.all(made.values());
      await Promise.all(judges.flat().map(({ judge: one }) => one.close()));
    },
  };
  return judge;
}

const silent: Judgement = { violations: [], excepted: [], problems: [] };

/** What stands for the policies of environments until they are known. */
const clusterPolicy: Policy = {
  id: "policies/cluster",
  package: "cluster",
  title: "Policies of the environment",
  description: "The policies that the desired state of an environment contains, which are enforced there.",
};

/** A judge with the facts that it is asked with, made from those of the tree. */
interface AskedJudge {
  readonly judge: Judge;
  readonly factsFor: (facts: KnownFacts) => KnownFacts;
}

/** The facts of the tree with those that a judge has of its objects, which could not be told before its policies were known. */
function withFactsOf({ factsOf: own }: Judge): AskedJudge["factsFor"] {
  const known = new WeakMap<KnownFacts, KnownFacts>();
  return (facts) => {
    const found = known.get(facts) ?? { ...facts, facts: [...facts.facts, ...facts.facts.flatMap(ofObject)] };
    known.set(facts, found);
    return found;
  };

  function ofObject({ key, value }: Fact): readonly Fact[] {
    if (key !== inventoryKey || own === undefined || !isManifest(value)) return [];
    const { apiVersion } = value;
    const position = { path: "", document: 0, line: 1, pointer: "" };
    return own({ identity: identityOf(value), apiVersion, value, position });
  }
}

function isOfGatekeeper({ value }: PolicyObject): boolean {
  return groupOf(value).endsWith("gatekeeper.sh");
}

/** What is wrong with a policy is told at the object that it is. */
function problemsWith(manifest: Manifest, judge: Judge): readonly Problem[] {
  if (!isPolicy(manifest)) return [];
  const { path, line } = manifest.position;
  return judge.problems.filter((problem) => problem.path === path && (problem.line ?? line) === line);
}

function isPolicy({ value }: Manifest): boolean {
  return policyObjectUse(value) === "policy";
}

function policyFacts(manifest: Manifest): readonly Fact[] {
  if (!isPolicy(manifest)) return [];
  const { value, position } = manifest;
  const of = { path: position.path, line: position.line, value };
  return [{ key: policiesKey, digest: JSON.stringify(of, exact), value: of, trusted: true }];
}

function exact(_: string, value: unknown): unknown {
  return typeof value === "bigint" ? `${value}n` : value;
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function objectOf(value: Json): PolicyObject | undefined {
  if (!isObject(value)) return undefined;
  const { path, line, value: object } = value;
  return typeof path === "string" && typeof line === "number" && isObject(object)
    ? { path, line, value: object }
    : undefined;
}
