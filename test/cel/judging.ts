import { createCelModule } from "../../src/cel/cel-module.ts";
import { createCelJudge } from "../../src/cel/create-cel-judge.ts";
import type { Judge, Question } from "../../src/model/judge.ts";
import type { JsonObject } from "../../src/model/json.ts";
import type { Manifest } from "../../src/model/manifest.ts";
import type { PolicyObject } from "../../src/model/policy.ts";
import type { Violation } from "../../src/model/violation.ts";
import { readFile } from "../../src/render/files/read-file.ts";
import { clusterScopedKinds, kubernetesGroups } from "../../src/manifest/kubernetes-kinds.ts";
import { TEST_CACHE } from "../support/test-cache.ts";

/** Kubernetes' own kinds, as the engine hands them over. */
const kinds = { groups: kubernetesGroups, clusterScoped: clusterScopedKinds };

/** A judge for CEL with the module that ships; the caller closes it. */
export async function openTestJudge(objects: readonly PolicyObject[] = []): Promise<Judge> {
  const module = createCelModule({ cacheDir: TEST_CACHE });
  const judge = await createCelJudge(module, { kinds, rules: true, objects });
  return { ...judge, close: async () => module.close() };
}

/** What a judge finds in a text of YAML, as `line rule message`. `old`: what the manifests were before, by name. */
export async function linesOf(
  judge: Judge,
  yaml: string,
  old: { readonly [name: string]: JsonObject } = {},
): Promise<readonly string[]> {
  const reading = readFile("a.yaml", new TextEncoder().encode(yaml));
  const facts = reading.manifests.flatMap((manifest) => judge.factsOf?.(manifest) ?? []);
  const questions = reading.manifests.map((manifest) => questionOf(manifest, old[manifest.identity.name]));
  const asked = questions.filter((question) => judge.awaits?.(question) !== undefined);
  const judgements = await judge.judge(asked.map((question) => ({ ...question, facts: { digest: "all", facts } })));
  return judgements.flatMap(({ violations, problems }, at) => {
    const manifest = asked[at]?.manifest;
    if (manifest === undefined) return [];
    const said = (one: Violation): string =>
      `${reading.place(manifest.position, one.cause.pointer).line} ${one.rule} ${one.message}`;
    return [...violations.map(said), ...problems.map(({ message }) => `problem ${message}`)];
  });
}

function questionOf(manifest: Manifest, oldObject: JsonObject | undefined): Question {
  return oldObject === undefined ? { manifest, operation: "CREATE" } : { manifest, operation: "UPDATE", oldObject };
}
