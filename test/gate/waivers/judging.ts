import { afterAll, beforeAll } from "@jest/globals";
import { defaultConfig } from "../../../src/config/default-config.ts";
import type { CheckRequest } from "../../../src/gate/check-request.ts";
import { check } from "../../../src/gate/check.ts";
import type { Config } from "../../../src/model/config.ts";
import type { Finding } from "../../../src/model/finding.ts";
import type { Judge } from "../../../src/model/judge.ts";
import type { Renderer } from "../../../src/model/renderer.ts";
import type { Report } from "../../../src/model/report.ts";
import type { UsedWaiver } from "../../../src/model/waiver.ts";
import type { Toolchain } from "../../../src/rego/toolchain/toolchain.ts";
import { createRenderer } from "../../../src/renderers/create-renderer.ts";
import { memoryTree, type MemoryFile } from "../../../src/tree/memory-tree.ts";
import { freshToolchain, judgeOf } from "../../rego/judging.ts";
import { TEST_CACHE } from "../../support/test-cache.ts";

export type Files = { readonly [path: string]: MemoryFile };

const policies = {
  "root.rego": `# METADATA
# custom: { id: pods/root }
package pods.root

deny contains msg if {
	some container in input.spec.template.spec.containers
	container.securityContext.runAsUser == 0
	msg := sprintf("%s runs as root", [container.name])
}
`,
  "owner.rego": `# METADATA
# custom: { id: meta/owner }
package meta.owner

warn contains msg if {
	not input.metadata.labels.owner
	msg := sprintf("%s has no owner", [input.metadata.name])
}
`,
  "host.rego": `# METADATA
# custom: { id: pods/host, waivable: false }
package pods.host

deny contains "uses the network of the node" if input.spec.template.spec.hostNetwork
`,
};

/** A Deployment with two containers. Its line 11 has a user; the second one runs as nobody in particular. */
export function deployment(
  name = "web",
  { namespace = "shop", user = 0, sidecar = "", host = false, labels = "{ owner: shop }", annotations = "{}" } = {},
): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name}, namespace: ${namespace}, labels: ${labels}, annotations: ${annotations} }
spec:
  template:
    spec:
      hostNetwork: ${host}
      containers:
        - name: app
          image: registry.example.com/app:1
          securityContext: { runAsUser: ${user} }
        - name: sidecar
          image: registry.example.com/sidecar:1
          securityContext: { ${sidecar} }
`;
}

/** The text of one waiver for \`pods/root\`, of which keys can be replaced; one that is undefined is left out. */
export function waiver(keys: { readonly [key: string]: string | undefined } = {}): string {
  const all = {
    policy: "pods/root",
    match: "{ kind: Deployment, name: web }",
    reason: "port 80",
    expires: "2026-03-01",
    ...keys,
  };
  const lines = Object.entries(all).flatMap(([key, value]) => (value === undefined ? [] : [`${key}: ${value}`]));
  return `- ${lines.join("\n  ")}\n`;
}

export interface Judged {
  readonly before?: Files;
  readonly after: Files;
  readonly config?: Partial<Config>;
  readonly request?: Partial<CheckRequest>;
}

/** Makes the function that judges trees with real policies. */
export function waiverJudge(): (judged: Judged) => Promise<Report> {
  let toolchain: Toolchain;
  let judge: Judge;
  let renderer: Renderer;
  beforeAll(async () => {
    toolchain = freshToolchain();
    renderer = createRenderer({ cacheDir: TEST_CACHE, processes: 1 });
    judge = await judgeOf(toolchain, policies, {}, { now: "2026-02-01T12:00:00Z" });
  });
  afterAll(async () => {
    await judge.close();
    toolchain.close();
    renderer.close();
  });
  return ({ before, after, config = {}, request = {} }) =>
    check({
      judge,
      renderer,
      ...(before === undefined ? {} : { before: memoryTree(before, "before") }),
      after: memoryTree(after, "after"),
      config: { ...defaultConfig, ...config },
      now: "2026-02-01T12:00:00Z",
      judged: { after: "after", how: "test", ...(before === undefined ? {} : { before: "before" }) },
      ...request,
    });
}

/** What a report says, a line each: its verdict, findings, problems and gaps with their waivers, and the waivers. */
export function told({ verdict, findings, problems, gaps, waivers = [] }: Report): readonly string[] {
  return [
    verdict,
    ...findings.map((finding) => `${finding.policy} ${objectOf(finding)} ${finding.status}${by(finding)}`),
    ...problems.map(
      (problem) =>
        `${problem.path}:${problem.line}: ${problem.message}${problem.status === "existing" ? " (existing)" : ""}${by(problem)}`,
    ),
    ...gaps.map((gap) => `gap ${gap.source}${by(gap)}`),
    ...waivers.map(({ path, line, state, change, covers }) =>
      [`${path}:${line} ${state}`, ...(change === undefined ? [] : [change]), `covers ${covers}`].join(", "),
    ),
  ];
}

function objectOf({ manifest, reaches = [], environments = [], container }: Finding): string {
  if (manifest.kind === "Waiver") return manifest.name;
  const more = reaches.length < 2 ? "" : `+${reaches.length - 1}`;
  return [`${manifest.name}${more}`, ...(container === undefined ? [] : [container]), ...environments].join(" ");
}

function by({ waiver: used }: { readonly waiver?: UsedWaiver }): string {
  return used === undefined ? "" : ` waived by ${used.path}:${used.line}`;
}
