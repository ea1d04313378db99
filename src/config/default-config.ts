import type { Config } from "../model/config.ts";

/** What holds where there is no portcullis.yaml. */
export const defaultConfig: Config = {
  version: 1,
  policies: [],
  data: [],
  manifests: { include: ["**"], exclude: [] },
  branches: [],
  mode: "enforce",
  block: "introduced",
  levels: {},
  comments: "on",
  environments: {},
  clusters: [],
  repositories: [],
  helm: {},
  kustomize: { vendored: {} },
  schemas: { enabled: true },
  gaps: "allow",
};
