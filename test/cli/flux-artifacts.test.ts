import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { startGitServer, type GitServer } from "../support/remote-servers/git-server.ts";
import { directoryWith, portcullis } from "./run-portcullis.ts";

let server: GitServer;
beforeAll(async () => {
  server = await startGitServer();
  await server.create("shared.git", {
    "base/kustomization.yaml": "resources: [pod.yaml]\n",
    "base/pod.yaml": pod("shared", "nginx:latest"),
    "base/example.yaml": pod("example", "nginx:latest"),
    ".sourceignore": "example.yaml\n",
  });
});
afterAll(() => server.close());

const pod = (name: string, image = "nginx:1"): string =>
  `apiVersion: v1\nkind: Pod\nmetadata: { name: ${name}, namespace: web }\nspec: { containers: [{ name: main, image: ${image} }] }\n`;
const POLICY = `package main

deny contains msg if {
	some container in input.spec.containers
	endswith(container.image, ":latest")
	msg := sprintf("%s uses latest", [input.metadata.name])
}
`;
const repository = (name: string, url: string, spec = ""): string => `apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: { name: ${name}, namespace: flux-system }
spec:
  url: ${url}
  ref: { branch: main }
${spec}`;
const own = "https://github.com/acme/gitops";
const kustomization = `apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: { name: apps, namespace: flux-system }
spec: { path: apps, prune: true, sourceRef: { kind: GitRepository, name: fleet } }
`;

const namesIn = (rendered: string): readonly string[] =>
  [...rendered.matchAll(/^(?: {2}|metadata: \{ )name: ([\w-]+)/gm)].map(([, name = ""]) => name).toSorted();

interface Outcome {
  readonly code: number | null;
  readonly findings: readonly string[];
  readonly problems: readonly string[];
  readonly gaps: readonly string[];
  readonly rendered: string;
}

async function judged(
  files: { readonly [path: string]: string },
  {
    link,
    source = "Kustomization flux-system/apps",
  }: { readonly link?: readonly [string, string]; readonly source?: string } = {},
): Promise<Outcome> {
  const directory = directoryWith({
    "policy/tag.rego": POLICY,
    "portcullis.yaml": `version: 1\npolicies: [policy]\nrepositories: ["${own}"]\nschemas: off\nremotes: { fetch: any, allow: ["${server.origin}/**"] }\n`,
    "cluster/apps.yaml": kustomization,
    ...files,
  });
  if (link !== undefined) symlinkSync(link[1], join(directory, link[0]));
  const { code, out } = await portcullis(directory, ["check", "-o", "json"]);
  interface Placed {
    readonly path: string;
    readonly line: number;
  }
  const report = JSON.parse(out) as {
    readonly findings: readonly { readonly message: string; readonly location: Placed }[];
    readonly problems: readonly (Placed & { readonly message: string })[];
    readonly gaps: readonly { readonly reason: string }[];
  };
  const rendered = await portcullis(directory, ["render", source]);
  return {
    code,
    findings: report.findings.map(({ message, location }) => `${location.path}:${location.line} ${message}`),
    problems: report.problems.map(({ path, line, message }) => `${path}:${line} ${message}`),
    gaps: report.gaps.map(({ reason }) => reason),
    rendered: rendered.out,
  };
}

describe("spec.include", () => {
  const including = (include: string): string => repository("fleet", own, `  include:\n${include}`);
  const shared = (): string => repository("shared", server.url("shared.git"));
  const apps = { "apps/kustomization.yaml": "resources: [web.yaml, ../shared/base]\n", "apps/web.yaml": pod("web") };

  test("what another repository has is part of the artifact, and its findings stand at that repository's revision", async () => {
    const { code, findings, problems, gaps } = await judged({
      ...apps,
      "cluster/fleet.yaml": including("  - repository: { name: shared }\n"),
      "cluster/shared.yaml": shared(),
    });
    expect([findings, problems, gaps]).toEqual([["cluster/shared.yaml:6 shared uses latest"], [], []]);
    expect(code).toBe(1);
  });

  test("a part of it at another path", async () => {
    const { rendered, problems } = await judged({
      "apps/web.yaml": pod("web"),
      "cluster/fleet.yaml": including("  - { repository: { name: shared }, fromPath: base, toPath: apps/more }\n"),
      "cluster/shared.yaml": shared(),
    });
    expect(problems).toEqual([]);
    expect(namesIn(rendered)).toEqual(["shared", "web"]);
  });

  test("a directory of this repository by another source object keeps its own lines", async () => {
    const { findings, problems } = await judged({
      "apps/kustomization.yaml": "resources: [extra]\n",
      "more/kustomization.yaml": "resources: [pod.yaml]\n",
      "more/pod.yaml": pod("more", "nginx:latest"),
      "cluster/fleet.yaml": including("  - { repository: { name: itself }, fromPath: more, toPath: apps/extra }\n"),
      "cluster/itself.yaml": repository("itself", own),
    });
    expect([findings, problems]).toEqual([["more/pod.yaml:4 more uses latest"], []]);
  });

  test.each([
    ["where something is already", "  - { repository: { name: shared }, toPath: apps }\n", /at apps, where something/],
    [
      "from where nothing is",
      "  - { repository: { name: shared }, fromPath: none }\n",
      /from none, which does not exist/,
    ],
    ["itself", "  - repository: { name: fleet }\n", /includes fleet, which includes it in turn/],
  ])("%s: Flux makes no artifact", async (_, include, message) => {
    const { code, problems } = await judged({
      ...apps,
      "cluster/fleet.yaml": including(include),
      "cluster/shared.yaml": shared(),
    });
    expect(problems).toContainEqual(expect.stringMatching(message));
    expect(code).toBe(2);
  });

  test("a repository that nobody knows is a gap", async () => {
    const { gaps } = await judged({ ...apps, "cluster/fleet.yaml": including("  - repository: { name: nobody }\n") });
    expect(gaps).toContainEqual(expect.stringMatching(/includes nobody, which is not read: .* not in this repository/));
  });
});

describe("what Flux leaves out of an artifact", () => {
  test("is not applied, though the repository holds it", async () => {
    const files = {
      "apps/web.yaml": pod("web"),
      "apps/skipped.yaml": pod("skipped"),
      "apps/cloudbuild.yaml": "steps: []\n",
    };
    const named = await judged({
      ...files,
      "cluster/fleet.yaml": repository("fleet", own, "  ignore: |\n    skipped.yaml\n    cloudbuild.yaml\n"),
    });
    expect(named.problems).toEqual([]);
    expect(namesIn(named.rendered)).toEqual(["web"]);
    const byFile = await judged({
      ...files,
      "apps/.sourceignore": "skipped.yaml\ncloudbuild.yaml\n",
      "cluster/fleet.yaml": repository("fleet", own),
    });
    expect(byFile.rendered).toBe(named.rendered);
  });

  test("cannot be loaded by a kustomization", async () => {
    const { problems } = await judged({
      "apps/kustomization.yaml": "resources: [web.yaml]\n",
      "apps/web.yaml": pod("web"),
      "apps/.sourceignore": "web.yaml\n",
      "cluster/fleet.yaml": repository("fleet", own),
    });
    expect(problems).toEqual([
      expect.stringMatching(/^apps\/kustomization\.yaml:\d+ .*not in Flux's artifact, .*: apps\/web\.yaml\)/),
    ]);
  });

  test("is what a symbolic link leads to", async () => {
    const { problems } = await judged(
      {
        "apps/kustomization.yaml": "resources: [../base]\n",
        "shared/kustomization.yaml": "resources: [web.yaml]\n",
        "shared/web.yaml": pod("web"),
        "cluster/fleet.yaml": repository("fleet", own),
      },
      { link: ["base", "shared"] },
    );
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain("cannot be rendered");
  });

  test("may be a file of a chart", async () => {
    const release = { source: "HelmRelease flux-system/web" };
    const chart = {
      "chart/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n",
      "chart/templates/a.yaml": pod("kept"),
      "chart/templates/b.yaml": pod("gone", "nginx:latest"),
      "cluster/web.yaml":
        "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: { name: web, namespace: flux-system }\nspec: { chart: { spec: { chart: chart, sourceRef: { kind: GitRepository, name: fleet } } } }\n",
      "apps/web.yaml": pod("web"),
    };
    const all = await judged({ ...chart, "cluster/fleet.yaml": repository("fleet", own) }, release);
    expect(namesIn(all.rendered)).toEqual(["gone", "kept"]);
    const ignore = "  ignore: /chart/templates/b.yaml\n";
    const less = await judged({ ...chart, "cluster/fleet.yaml": repository("fleet", own, ignore) }, release);
    expect(less.problems).toEqual([]);
    expect(namesIn(less.rendered)).toEqual(["kept"]);
  });
});
