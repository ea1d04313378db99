import { expect, test } from "@jest/globals";
import { defaultConfig } from "../../src/config/default-config.ts";
import type { Config, EnvironmentConfig } from "../../src/model/config.ts";
import { environmentsOf, type Landing } from "../../src/render/environments.ts";

const environment = (paths: readonly string[], clusters: readonly string[] = []): EnvironmentConfig => ({
  paths,
  clusters,
  levels: {},
  parameters: {},
});

const config: Config = {
  ...defaultConfig,
  environments: {
    production: environment(["overlays/prod", "clusters/production/**"], ["prod-eu", "https://10.0.0.2"]),
    staging: environment(["overlays/staging"]),
    hub: environment(["clusters/hub/**"], ["in-cluster"]),
    "all-stages": environment(["overlays/*"]),
  },
  clusters: [
    { name: "prod-us", server: "https://10.0.0.2", labels: {}, annotations: {} },
    { name: "edge", server: "https://10.0.0.9", labels: {}, annotations: {} },
  ],
};

const cases: readonly (readonly [string, Landing, readonly string[]])[] = [
  ["a plain file below a configured directory", { path: "clusters/production/web/app.yaml" }, ["production"]],
  [
    "a Kustomize root that a directory names",
    { path: "overlays/prod/kustomization.yaml" },
    ["all-stages", "production"],
  ],
  ["a file that no pattern holds", { path: "base/app.yaml" }, []],
  [
    "an Application by the name of its destination, wherever it stands",
    { path: "clusters/hub/web.yaml", destination: { name: "prod-eu" }, applies: ["charts/web"] },
    ["production"],
  ],
  [
    "an Application by the server of its destination",
    { path: "apps/web.yaml", destination: { server: "https://10.0.0.2" } },
    ["production"],
  ],
  [
    "a destination that the configuration names by the server of the cluster",
    { path: "apps/web.yaml", destination: { name: "prod-us" } },
    ["production"],
  ],
  [
    "a server that no environment takes goes by the name of its cluster",
    { path: "clusters/hub/web.yaml", destination: { server: "https://10.0.0.9" } },
    ["edge"],
  ],
  ["a destination nobody knows goes by its own name", { path: "apps/web.yaml", destination: { name: "lab" } }, ["lab"]],
  [
    "a server nobody knows says nothing",
    { path: "clusters/hub/web.yaml", destination: { server: "https://10.9.9.9" } },
    ["hub"],
  ],
  [
    "Argo CD's own cluster is an environment where one is configured for it",
    { path: "apps/web.yaml", destination: { name: "in-cluster" } },
    ["hub"],
  ],
  [
    "Argo CD's own cluster by server says nothing of itself",
    { path: "apps/web.yaml", destination: { server: "https://kubernetes.default.svc" } },
    [],
  ],
  [
    "what an Application applies comes before where it stands",
    { path: "clusters/hub/web.yaml", applies: ["./overlays/staging/"] },
    ["all-stages", "staging"],
  ],
  ["a Flux cluster folder by its name", { path: "apps/web.yaml", clusterFolder: "./clusters/lab" }, ["lab"]],
  [
    "a Flux cluster folder that the configuration holds",
    { path: "clusters/production/apps.yaml", clusterFolder: "./clusters/production" },
    ["production"],
  ],
  ["what nothing else tells lands where its parent does", { path: "apps/web.yaml", parent: ["b", "a"] }, ["a", "b"]],
];

test.each(cases)("%s", (_, landing, expected) => {
  expect(environmentsOf(landing, config)).toEqual(expected);
});
