import { CORE_SCHEMA, load } from "js-yaml";
import { readConfig } from "../../../src/config/read-config.ts";
import { mutate, type Random } from "../../../test/manifest/generate-yaml.ts";
import { mustBeAlike, mustHold, type FuzzTarget } from "../fuzzer.ts";
import { mutateBytes } from "../mutate-bytes.ts";

const path = "portcullis.yaml";

/** portcullis.yaml: an error with its place, or a reading that is that of the same values written as JSON. */
export const target: FuzzTarget = {
  inTests: 800,
  async open() {
    return {
      async run(random) {
        const text = generate(random);
        const { config, source, problems } = readConfig(path, text);
        mustBeAlike({ config, problems }, withoutSource(readConfig(path, text)), "read twice");
        for (const problem of problems)
          mustHold(
            problem.path === path && (problem.line ?? 0) > 0 && problem.message !== "" && problem.stage === "config",
            () => `no place or message: ${JSON.stringify(problem)}`,
          );
        if (problems.length > 0) {
          mustHold(config.remotes.fetch === "off", () => "a configuration with a problem has servers asked");
          return "refused";
        }
        for (const pointer of ["", "/levels", "/policies/0"]) source.place(pointer);
        const value = load(text.replaceAll(/^---.*$/gm, ""), { schema: CORE_SCHEMA });
        const asJson = readConfig(path, `${JSON.stringify(value ?? {})}\n`);
        mustBeAlike(config, asJson.problems.length === 0 ? asJson.config : asJson.problems, "the same values as JSON");
        return "read";
      },
      close: async () => {},
    };
  },
};

function withoutSource({ config, problems }: ReturnType<typeof readConfig>): object {
  return { config, problems };
}

const BLOCKS: readonly string[] = [
  "policies: [policies, policies/ci]\n",
  "policies:\n  - git+https://example.com/acme/policies.git//k8s?ref=0123456789012345678901234567890123456789\n",
  "data: [data/teams.yaml]\n",
  'manifests:\n  include: ["apps/**", "*.yaml"]\n  exclude: ["**/test/**"]\n',
  'branches: [main, "release/*"]\n',
  "mode: report\n",
  "mode: enforce\nblock: all\n",
  "levels:\n  workloads/image-tag: warn\n  pods/*: off\n",
  "levels:\n  pods/root: [{ from: 2027-01-01, level: deny }]\n",
  "comments: off\n",
  "gaps: allow\n",
  'apply:\n  - { path: "overlays/*", as: kustomize, environment: production }\n',
  'environments:\n  production:\n    paths: ["clusters/prod/**"]\n    kubernetes: "1.34"\n    levels: { pods/root: deny }\n    parameters: { a: { b: 1 } }\n',
  'remotes:\n  fetch: known\n  allow: ["oci://ghcr.io/acme/**"]\n  mirrors: {}\n',
  'documents: [{ files: ["ci/**/*.yml"], parser: yaml, policies: [policies/ci] }]\n',
  "waivers: [waivers]\n",
  "waivers: { files: [exceptions], maxDays: 30, warnDays: 7, annotations: [pods/*] }\n",
  'owners: { "pods/**": ["@acme/security"] }\n',
  "helm: { vendor: vendor/charts }\n",
  "schemas: { enabled: false }\n",
  "extends: base/portcullis.yaml\n",
  "locked: [mode, levels]\n",
  "__proto__: { mode: report }\n",
  "constructor: { prototype: { mode: report } }\n",
];

function generate(random: Random): string {
  const blocks = new Set(Array.from({ length: 1 + random.below(4) }, () => random.pick(BLOCKS)));
  const text = `version: 1\n${[...blocks].join("")}`;
  if (random.chance(0.3)) return text;
  const times = 1 + random.below(2);
  if (random.chance(0.7)) return mutate(random, text, times);
  return new TextDecoder().decode(mutateBytes(random, new TextEncoder().encode(text), times));
}
