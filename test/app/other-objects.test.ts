import { expect, test } from "@jest/globals";
import { deployment } from "../support/fleet.ts";
import { shareApp } from "./shared-app.ts";

const shared = shareApp();

const SERVICE = `apiVersion: v1
kind: Service
metadata:
  name: web
  namespace: shop
spec:
  ports: [{ port: 80 }]
  selector:
    app: web
`;

/** A Service selects a Deployment: the same rule as a look-up, and over the list of all manifests. */
const LOOK_UP = `package main

import rego.v1

deny contains msg if {
  input.kind == "Service"
  not selects_any(input.spec.selector)
  msg := sprintf("Service %s selects nothing", [input.metadata.name])
}

selects_any(selector) if {
  some workload in data.portcullis.inventory.namespace[input.metadata.namespace]["apps/v1"].Deployment
  object.subset(workload.spec.template.metadata.labels, selector)
}
`;
const COMBINED = `package main

import rego.v1

deny contains msg if {
  some one in input
  one.contents.kind == "Service"
  not selects_any(one.contents.spec.selector)
  msg := sprintf("Service %s selects nothing", [one.contents.metadata.name])
}

selects_any(selector) if {
  some other in input
  other.contents.kind == "Deployment"
  object.subset(other.contents.spec.template.metadata.labels, selector)
}
`;
/** Beside the combined one, a rule over one manifest in the same package. */
const ALONE = `package main

import rego.v1

warn contains "it has no labels" if not input.metadata.labels
`;

const rules = (more: string): string =>
  `version: 1\npolicies: [policies]\nmanifests: { include: ["apps/**"] }\nschemas: off\n${more}`;
const dialects = {
  "looks it up": { "portcullis.yaml": rules(""), "policies/services.rego": LOOK_UP },
  "gets all manifests at once": {
    "portcullis.yaml": rules("combine: [policies/combined]\n"),
    "policies/combined/services.rego": COMBINED,
    "policies/labels.rego": ALONE,
  },
} as const;
const changes = {
  deletes: { "apps/deployment.yaml": null },
  "renames the labels of": { "apps/deployment.yaml": deployment("nginx:1.27").replaceAll("app: web", "app: site") },
} as const;

test.each(
  (["looks it up", "gets all manifests at once"] as const).flatMap((dialect) =>
    (["deletes", "renames the labels of"] as const).map((change) => [change, dialect] as const),
  ),
)(
  "a pull request that %s the Deployment of an untouched Service fails at the Service, where the rule %s",
  async (change, dialect) => {
    const { github, app } = shared;
    const repository = await shared.repositoryWith({
      ...dialects[dialect],
      "apps/deployment.yaml": deployment("nginx:1.27"),
      "apps/service.yaml": SERVICE,
      "apps/old.yaml": SERVICE.replaceAll("web", "old"),
    });
    const pull = await github.proposeFiles(repository, changes[change]);
    expect(await shared.verdict(pull)).toMatchObject({ conclusion: "failure" });
    const { annotations } = await app.concluded(pull);
    expect(
      annotations.filter(({ title, annotation_level: level }) => title === "main" && level === "failure"),
    ).toMatchObject([
      { path: "apps/service.yaml", start_line: 8, message: expect.stringContaining("Service web selects nothing") },
    ]);
    const harmless = await github.proposeFiles(repository, { "apps/deployment.yaml": deployment("nginx:1.28") });
    expect(await shared.verdict(harmless)).toMatchObject({ conclusion: "success" });
  },
);

test("rules that a list of documents was written for, and that are not named so, do not come into force", async () => {
  const repository = await shared.repositoryWith({ "apps/service.yaml": SERVICE });
  const pull = await shared.github.proposeFiles(repository, {
    "portcullis.yaml": rules(""),
    "policies/services.rego": COMBINED,
  });
  expect(await shared.verdict(pull)).toMatchObject({ conclusion: "failure" });
  expect((await shared.app.concluded(pull)).annotations).toContainEqual(
    expect.objectContaining({
      path: "policies/services.rego",
      start_line: 5,
      message: expect.stringContaining("combine: in portcullis.yaml, or `check --combine`"),
    }),
  );
});
