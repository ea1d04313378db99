import type { Config } from "../model/config.ts";

/** The configuration without a portcullis.yaml. */
export const defaultConfig: Config = {
  version: 1,
  extends: [],
  locked: [],
  policies: [],
  combine: [],
  data: [],
  manifests: { include: ["**"], exclude: [] },
  branches: [],
  mode: "enforce",
  block: "introduced",
  levels: {},
  comments: "on",
  owners: {},
  approvals: "off",
  rollback: { days: 30 },
  compliance: { issue: false },
  environments: {},
  clusters: [],
  repositories: [],
  helm: {},
  kustomize: { vendored: {} },
  documents: [],
  waivers: { files: ["waivers"], maxDays: 90, warnDays: 14, annotations: [] },
  remotes: { fetch: "known", allow: [], mirrors: {} },
  schemas: { enabled: true },
  signatures: [],
  gaps: "touched",
};

/** The defaults where no change is judged: a person trusts the tree, and all that it refers to. */
export const ownTreeConfig: Config = fetching("any");

/** In place of a configuration that cannot be read: it may have said that nothing is fetched. */
export const unreadConfig: Config = fetching("off");

function fetching(fetch: Config["remotes"]["fetch"]): Config {
  return { ...defaultConfig, remotes: { ...defaultConfig.remotes, fetch } };
}
