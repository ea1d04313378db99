import { expect, test } from "@jest/globals";
import * as attack from "./attack-files.ts";
import { pod } from "./attack-files.ts";
import { blocking, changeJudge, here, type Files } from "./change-judge.ts";

const judgedWhole = changeJudge();
/** Judges a change to some of the files. */
const judged = (before: Files, after: Files) => judgedWhole(before, { ...before, ...after });

const labels = "labels: { owner: me }";
const application = (more: string): string => attack.application("web", { more });
const repository = (spec: string, name = "fleet"): string =>
  `apiVersion: source.toolkit.fluxcd.io/v1\nkind: GitRepository\nmetadata: { name: ${name}, namespace: flux-system, ${labels} }\nspec: { url: ${here}, ref: { branch: main }${spec} }\n`;
const other = (tag: string): string =>
  repository("", "mallory").replace(here, "https://github.com/mallory/web").replace("branch: main", `tag: ${tag}`);
const flux = (name = "fleet"): string =>
  `apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: { name: apps, namespace: flux-system, ${labels} }\nspec: { prune: true, path: ./web, sourceRef: { kind: GitRepository, name: ${name} } }\n`;
const release = `apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: { name: apps, namespace: flux-system, ${labels} }\nspec: { chart: { spec: { chart: web, sourceRef: { kind: GitRepository, name: fleet } } } }\n`;
const chart: Files = {
  "web/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n",
  "web/templates/pod.yaml": pod(),
};

const secret = "ENC[AES256_GCM,data:eA==,iv:eA==,tag:eA==,type:str]";
const sops = `sops: { mac: "${secret}", version: 3.9.0 }\n`;
const plain: Files = { "web/pod.yaml": pod() };
const fluxed: Files = { ...plain, "flux/repository.yaml": repository(""), "flux/apps.yaml": flux() };
const pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n";
const lfs = (text: string): Files => ({
  "web/kustomization.yaml": "resources: [pod.yaml]\nconfigMapGenerator: [{ name: x, files: [ca.txt] }]\n",
  "web/ca.txt": text,
  "web/pod.yaml": pod(),
});

test.each<{ readonly name: string; readonly before: Files; readonly after: Files; readonly told: string }>([
  {
    name: "a second source of values at another branch",
    before: { ...chart, "web/values.yaml": "a: 1\n", "argo/app.yaml": application("") },
    after: {
      "argo/app.yaml": application("").replace(
        /  source: .*/,
        `  sources: [{ repoURL: ${here}, path: web, helm: { valueFiles: [$v/web/values.yaml] } }, { repoURL: ${here}, targetRevision: feature, ref: v }]`,
      ),
    },
    told: "follows feature",
  },
  {
    name: "a branch by its full name",
    before: { ...plain, "argo/app.yaml": application("") },
    after: { "argo/app.yaml": application(", targetRevision: refs/heads/feature") },
    told: "follows refs/heads/feature",
  },
  {
    name: "a branch whose name differs in case",
    before: { ...plain, "argo/app.yaml": application("") },
    after: { "argo/app.yaml": application(", targetRevision: Main") },
    told: "follows Main",
  },
  {
    name: "a hydrator's other branch",
    before: { ...plain, "argo/app.yaml": application("") },
    after: {
      "argo/app.yaml": application("").replace(
        /  source: .*/,
        `  sourceHydrator: { drySource: { repoURL: ${here}, path: web, targetRevision: feature }, syncSource: { targetBranch: live, path: web } }`,
      ),
    },
    told: "follows feature",
  },
  {
    name: "a pull request's reference",
    before: fluxed,
    after: { "flux/repository.yaml": repository("").replace("branch: main", "name: refs/pull/1/head") },
    told: "pinned to refs/pull/1/head",
  },
  {
    name: "a full branch name in Flux",
    before: fluxed,
    after: { "flux/repository.yaml": repository("").replace("branch: main", "name: refs/heads/feature") },
    told: "is the branch feature",
  },
  {
    name: "a commit beside the branch",
    before: fluxed,
    after: {
      "flux/repository.yaml": repository("").replace(
        "branch: main",
        "branch: main, commit: c0ffeec0ffeec0ffeec0ffeec0ffeec0ffeec0ff",
      ),
    },
    told: "pinned to c0ffee",
  },
  {
    name: "a range of tags in Argo CD",
    before: { ...plain, "argo/app.yaml": application("") },
    after: { "argo/app.yaml": application(", targetRevision: '>=1.0.0'") },
    told: "pinned to >=1.0.0",
  },
  {
    name: "a tag by its full name",
    before: { ...plain, "argo/app.yaml": application("") },
    after: { "argo/app.yaml": application(", targetRevision: refs/tags/v1") },
    told: "pinned to refs/tags/v1",
  },
  {
    name: "a release of a GitRepository that nothing has",
    before: { ...chart, "flux/repository.yaml": repository(""), "flux/apps.yaml": release },
    after: { "flux/apps.yaml": release.replace("name: fleet", "name: mallory") },
    told: "GitRepository flux-system/mallory is not",
  },
  {
    name: "a source in another namespace",
    before: fluxed,
    after: { "flux/apps.yaml": flux().replace("name: fleet", "name: fleet, namespace: mallory") },
    told: "GitRepository mallory/fleet is not",
  },
  {
    name: "a source that leaves",
    before: fluxed,
    after: { "flux/repository.yaml": repository("", "other") },
    told: "GitRepository flux-system/fleet is not",
  },
  {
    name: "a release whose source includes another",
    before: { ...chart, "flux/repository.yaml": repository(""), "flux/apps.yaml": release },
    after: { "flux/repository.yaml": repository(", include: [{ repository: { name: mallory }, toPath: web }]") },
    told: "includes mallory",
  },
  {
    name: "an include of a part",
    before: fluxed,
    after: {
      "flux/repository.yaml": repository(", include: [{ repository: { name: mallory }, fromPath: a, toPath: ./web }]"),
    },
    told: "includes mallory",
  },
  {
    name: "an include at another path",
    before: {
      ...plain,
      "flux/repository.yaml": repository(", include: [{ repository: { name: mallory }, toPath: x }]"),
      "flux/apps.yaml": flux(),
    },
    after: { "flux/repository.yaml": repository(", include: [{ repository: { name: mallory }, toPath: web }]") },
    told: "includes mallory",
  },
  {
    name: "an include of a repository that turns to another revision",
    before: {
      ...plain,
      "flux/repository.yaml": repository(", include: [{ repository: { name: mallory }, toPath: x }]"),
      "flux/mallory.yaml": other("v1"),
      "flux/apps.yaml": flux(),
    },
    after: { "flux/mallory.yaml": other("v2") },
    told: "includes mallory",
  },
  {
    name: "LFS by its former name",
    before: { ...lfs("a\n"), ".gitattributes": "*.txt filter=lfs\n" },
    after: { "web/ca.txt": pointer.replace("git-lfs.github", "hawser.github") },
    told: "Git LFS",
  },
  {
    name: "LFS after an empty line",
    before: { ...lfs("a\n"), ".gitattributes": "*.txt filter=lfs\n" },
    after: { "web/ca.txt": `\n${pointer}` },
    told: "Git LFS",
  },
  {
    name: "LFS by a macro",
    before: { ...lfs(pointer) },
    after: { ".gitattributes": "[attr]large filter=lfs -text\nweb/ca.txt large\n" },
    told: "Git LFS",
  },
  {
    name: "LFS in a nested file",
    before: { ...lfs(pointer) },
    after: { "web/.gitattributes": "/ca.txt filter=lfs\n" },
    told: "Git LFS",
  },
  {
    name: "an encoding by a quoted pattern",
    before: plain,
    after: { ".gitattributes": '"web/p\\157d.yaml" working-tree-encoding=UTF-16LE\n' },
    told: "encoded as UTF-16LE",
  },
  {
    name: "an encoding in a nested file over one that unsets it",
    before: { ...plain, ".gitattributes": "*.yaml !working-tree-encoding\n" },
    after: { "web/.gitattributes": "* working-tree-encoding=latin1\n" },
    told: "encoded as latin1",
  },
  {
    name: "a macro that a macro sets",
    before: plain,
    after: { ".gitattributes": "[attr]inner working-tree-encoding=UTF-7\n[attr]outer inner\n*.yaml outer\n" },
    told: "encoded as UTF-7",
  },
  {
    name: "a macro named like one that Git has",
    before: plain,
    after: { ".gitattributes": "[attr]binary filter=x\n*.yaml binary\n" },
    told: "passes the filter x",
  },
  {
    name: "line ends by an older name",
    before: plain,
    after: { ".gitattributes": "*.yaml crlf eol=crlf\n" },
    told: "CRLF",
  },
  {
    name: "encrypted values of a list",
    before: plain,
    after: {
      "web/pod.yaml": `apiVersion: v1\nkind: List\nitems:\n${pod(`"${secret}"`)
        .split("\n")
        .filter(Boolean)
        .map((line, at) => (at === 0 ? "  - " : "    ") + line)
        .join("\n")}\n${sops}`,
    },
    told: "SOPS encrypted",
  },
  {
    name: "an encrypted patch",
    before: {
      ...plain,
      "web/kustomization.yaml": "resources: [pod.yaml]\npatches: [{ path: p.yaml }]\n",
      "web/p.yaml": "apiVersion: v1\nkind: Pod\nmetadata: { name: a, namespace: web }\nspec: { hostNetwork: false }\n",
    },
    after: {
      "web/p.yaml": `apiVersion: v1\nkind: Pod\nmetadata: { name: a, namespace: web }\nspec: { hostNetwork: "${secret}" }\n${sops}`,
    },
    told: "SOPS encrypted",
  },
  {
    name: "an encrypted key",
    before: plain,
    after: { "web/pod.yaml": pod().replace("labels: {", `annotations: { "x": "${secret}" }, labels: {`) + sops },
    told: "SOPS encrypted",
  },
  {
    name: "an encrypted Application",
    before: { ...plain, "argo/app.yaml": application("") },
    after: {
      "argo/app.yaml": application("").replace("path: web", `path: web, kustomize: { namePrefix: "${secret}" }`) + sops,
    },
    told: "SOPS encrypted",
  },
  {
    name: "an encrypted type",
    before: plain,
    after: { "web/pod.yaml": pod().replace("kind: Pod", `kind: "${secret}"`) + sops },
    told: "web/pod.yaml",
  },
])("content that this gate has not seen blocks the change that turns to it: $name", async ({ before, after, told }) => {
  expect(blocking(await judged(before, after)).join("\n")).toContain(told);
});
