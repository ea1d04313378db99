import { expect, test } from "@jest/globals";
import type { SourceGraph, SourceNode } from "../../../src/model/source.ts";
import { graphFormats } from "../../../src/report/graph/formats.ts";

const fleet: SourceGraph = {
  sources: [
    {
      id: "Kustomization flux-system/flux-system",
      kind: "flux-kustomization",
      path: "clusters/prod/flux-system/gotk-sync.yaml",
      line: 14,
      environments: ["prod"],
      traits: { prune: true },
      reads: ["clusters/prod/apps.yaml"],
      manifests: 2,
    },
    {
      id: "Kustomization flux-system/apps",
      kind: "flux-kustomization",
      path: "clusters/prod/apps.yaml",
      line: 1,
      environments: ["prod"],
      parent: "Kustomization flux-system/flux-system",
      traits: { prune: true, suspended: true },
      reads: ["a.yaml", "b.yaml", "c.yaml", "d.yaml", "e.yaml", "f.yaml"],
      manifests: 1,
    },
    {
      id: "HelmRelease podinfo/podinfo",
      kind: "flux-helmrelease",
      path: "apps/podinfo/release.yaml",
      line: 3,
      environments: ["prod"],
      parent: "Kustomization flux-system/apps",
      reads: [],
    },
    {
      id: "overlays/test",
      kind: "kustomize",
      path: "overlays/test/kustomization.yaml",
      line: 1,
      environments: [],
      reads: [],
      manifests: 3,
    },
  ],
  gaps: [
    {
      source: "HelmRelease podinfo/podinfo",
      path: "apps/podinfo/release.yaml",
      line: 7,
      reason: "the chart podinfo 6.x is only in the registry https://example.com/charts",
    },
  ],
};

test("as text, sources stand below those that declare them, and what is not rendered is named", () => {
  expect(graphFormats.text(fleet))
    .toBe(`Kustomization flux-system/flux-system  clusters/prod/flux-system/gotk-sync.yaml:14 · 2 manifests · → prod · prunes
│   reads clusters/prod/apps.yaml
└─ Kustomization flux-system/apps  clusters/prod/apps.yaml:1 · 1 manifest · → prod · suspended · prunes
   │   reads a.yaml, b.yaml, c.yaml, d.yaml and 2 more
   └─ HelmRelease podinfo/podinfo  apps/podinfo/release.yaml:3 · not rendered · → prod · 1 gap
overlays/test  kustomize · 3 manifests

not rendered, so not judged:
  HelmRelease podinfo/podinfo (apps/podinfo/release.yaml:7): the chart podinfo 6.x is only in the registry https://example.com/charts

4 sources, 3 rendered · 6 manifests · 1 environment · 1 gap
`);
});

test("as JSON, it is the graph itself", () => {
  expect(JSON.parse(graphFormats.json(fleet))).toEqual({ version: 1, ...fleet });
});

test("as Mermaid, environments and gaps are nodes of their own", () => {
  expect(graphFormats.mermaid(fleet)).toBe(`flowchart LR
  s0["Kustomization flux-system/flux-system<br>2 manifests"]
  s1["Kustomization flux-system/apps<br>1 manifest"]
  s2["HelmRelease podinfo/podinfo<br>not rendered"]
  s3["overlays/test<br>3 manifests"]
  e0(["prod"])
  s0 --> s1
  s1 --> s2
  s0 -.-> e0
  s1 -.-> e0
  s2 -.-> e0
  g0["the chart podinfo 6.x is only in the registry https://example.com/charts"]:::gap
  s2 --- g0
  classDef gap stroke-dasharray: 4 3
`);
});

const one: SourceNode = {
  id: "a",
  kind: "kustomize",
  path: "a/kustomization.yaml",
  line: 1,
  environments: [],
  reads: [],
  manifests: 0,
};

test("sources that declare each other are all shown, once", () => {
  const text = graphFormats.text({
    sources: [
      { ...one, parent: "b" },
      { ...one, id: "b", parent: "a" },
    ],
    gaps: [],
  });
  expect(text.split("\n").slice(0, 2)).toEqual(["a  kustomize · 0 manifests", "b  kustomize · 0 manifests"]);
});

test("a name from the tree moves no terminal and ends no label", () => {
  const hostile = { sources: [{ ...one, id: 'a"]\u001b[2J<script>' }], gaps: [] };
  expect(graphFormats.text(hostile)).toContain('a"]\\x1b[2J<script>  kustomize');
  expect(graphFormats.mermaid(hostile)).toContain('s0["a#34;#93;#27;#91;2J#60;script#62;<br>');
});

test("a tree of plain files has no graph, and says so", () => {
  expect(graphFormats.text({ sources: [], gaps: [] })).toMatch(
    /^no source is rendered: every manifest is a plain file\n/,
  );
});
