import { createCelModule, type CelModule } from "../cel/cel-module.ts";
import { createCelJudge } from "../cel/create-cel-judge.ts";
import { createGatekeeperJudge } from "../gatekeeper/gatekeeper-judge.ts";
import type { Judge } from "../model/judge.ts";
import type { PolicyObject, PolicySources } from "../model/policy.ts";
import { byInput } from "../rego/combined-sources.ts";
import { createJudge, type JudgeOptions } from "../rego/create-judge.ts";
import { createDocumentParser } from "../parsers/create-document-parser.ts";
import { defaultCacheDirectory } from "../rego/toolchain/cache-directory.ts";
import { clusterScopedKinds, kubernetesGroups } from "../manifest/kubernetes-kinds.ts";
import { createClusterJudge } from "./cluster-judge.ts";
import { joinJudges } from "./join-judges.ts";
import { withOwnConfigs } from "./policies/config-functions.ts";

/** What a judge is made with. */
export interface MakeJudgeOptions extends JudgeOptions {
  /** Whether custom resources are judged by the rules of their CRDs; default: not. */
  readonly rules?: boolean;
}

/** Makes one judge of everything in a policy set: its Rego files, and the objects that declare policies. */
export async function makeJudge(
  sources: PolicySources,
  { rules = false, ...options }: MakeJudgeOptions,
): Promise<Judge> {
  const { objects = [], cluster = false, ...written } = sources;
  const parser = () => createDocumentParser({ cacheDir: options.cacheDir ?? defaultCacheDirectory() });
  const { sources: rego, problems } = await withOwnConfigs(written, parser);
  const module = createCelModule({ cacheDir: options.cacheDir ?? defaultCacheDirectory() });
  const others = { ...options, cel: module };
  const gatekeeper = await createGatekeeperJudge(objects, others);
  const needsCel = rules || objects.length > 0 || cluster;
  const cel = needsCel ? closing(await celJudge(module, objects, rules), module) : undefined;
  const ofCluster = cluster
    ? createClusterJudge(
        {
          gatekeeper: (own) => createGatekeeperJudge(own, others, "with facts"),
          cel: (own) => celJudge(module, own, false),
        },
        JSON.stringify([options.toolchain.digest, module.digest]),
      )
    : undefined;
  // Without any policy in other languages, that there is no Rego is to be said.
  const isRego = rego.files.length > 0 || (gatekeeper === undefined && !cluster && (cel?.policies.length ?? 0) === 0);
  const ofRego = isRego ? await Promise.all(byInput(rego).map((part) => createJudge(part, options))) : [];
  const joined = joinJudges([...ofRego, ...[gatekeeper, cel, ofCluster].filter((judge) => judge !== undefined)]);
  return problems.length === 0 ? joined : { ...joined, problems: [...joined.problems, ...problems] };
}

function celJudge(shared: CelModule, objects: readonly PolicyObject[], rules: boolean): Promise<Judge> {
  const kinds = { groups: kubernetesGroups, clusterScoped: clusterScopedKinds };
  return createCelJudge(shared, { kinds, rules, objects });
}

/** A judge that ends the module with it. */
function closing(judge: Judge, module: CelModule): Judge {
  return {
    ...judge,
    close: async () => {
      await judge.close();
      module.close();
    },
  };
}
