import type { Config } from "../model/config.ts";

/** The configuration without a portcullis.yaml. */
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
  remotes: { fetch: "off", allow: [], mirrors: {} },
  schemas: { enabled: true },
  gaps: "touched",
};
