import { expect, test } from "@jest/globals";
import { detailed, repositoryWith, rollback, way, type Step } from "./rollback-repository.ts";

const configuration = `version: 1
policies: [policies]
schemas: off
environments: { production: { paths: [apps] } }
`;
const rules: Step = {
  "portcullis.yaml": configuration,
  "policies/main.rego": 'package main\n\ndeny contains "never" if input.kind == "Nothing"\n',
};

/** What going back from the second state of one file to the first cannot undo. */
async function losses(then: string | null, now: string | null): Promise<readonly string[]> {
  const repository = repositoryWith(
    { ...rules, "apps/settings.yaml": settings, ...(then === null ? {} : { "apps/one.yaml": then }) },
    { "apps/one.yaml": now },
  );
  const found = await way(repository, ["production"]);
  return found.losses.map(({ kind, manifest, message }) => `${kind} ${manifest?.kind} ${manifest?.name}: ${message}`);
}

const settings = "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: settings, namespace: shop }\ndata: { a: b }\n";
const claim = (size: string): string =>
  `apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: { name: data, namespace: shop }\nspec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: ${size} } } }\n`;
const deployment = (label: string, more = ""): string => `apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  selector: { matchLabels: { app: ${label} } }
  template:
    metadata: { labels: { app: ${label} } }
    spec:
      containers: [{ name: web, image: "web:${label}"${more} }]
`;
const database = (size: string, retention = "Retain"): string => `apiVersion: apps/v1
kind: StatefulSet
metadata: { name: db, namespace: shop }
spec:
  serviceName: db
  persistentVolumeClaimRetentionPolicy: { whenDeleted: ${retention} }
  selector: { matchLabels: { app: db } }
  template:
    metadata: { labels: { app: db } }
    spec: { containers: [{ name: db, image: "db:1" }] }
  volumeClaimTemplates:
    - metadata: { name: data }
      spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: ${size} } } }
`;
const definition = (...versions: readonly string[]): string => `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: widgets.example.com }
spec:
  group: example.com
  scope: Namespaced
  names: { kind: Widget, plural: widgets }
  versions:
${versions
  .map(
    (version) =>
      `    - { name: ${version.replace("*", "")}, served: true, storage: ${version.endsWith("*")}, schema: { openAPIV3Schema: { type: object } } }`,
  )
  .join("\n")}
`;
const migration = (image: string, annotations = "{}"): string => `apiVersion: batch/v1
kind: Job
metadata: { name: migrate, namespace: shop, annotations: ${annotations} }
spec:
  template:
    spec: { restartPolicy: Never, containers: [{ name: migrate, image: "${image}" }] }
`;

test.each([
  [
    "a selector that is immutable",
    deployment("old"),
    deployment("new"),
    [/^refused Deployment web: spec\.selector cannot be changed .*was "new" and would be "old"/],
  ],
  [
    "a claim that was deleted since: a new one is empty",
    claim("5Gi"),
    null,
    [/^empty PersistentVolumeClaim data: left the desired state since then; .*a new and empty one is made/],
  ],
  [
    "a claim that came since: going back deletes it",
    null,
    claim("5Gi"),
    [/^deleted PersistentVolumeClaim data: .*its data is deleted with it/],
  ],
  [
    "a claim that grew",
    claim("5Gi"),
    claim("20Gi"),
    [/^refused PersistentVolumeClaim data: spec\.resources\.requests\.storage .*a claim can only grow/],
  ],
  [
    "the claims of a StatefulSet that grew",
    database("5Gi"),
    database("20Gi"),
    [
      /^refused StatefulSet db: spec\.volumeClaimTemplates cannot be changed/,
      /^volume StatefulSet db: the claims of data ask for 20Gi now and asked for 5Gi then: a volume does not shrink/,
    ],
  ],
  [
    "a StatefulSet that was deleted with its claims",
    database("5Gi", "Delete"),
    null,
    [/^empty StatefulSet db: .*its claims went with it, and new ones are empty/],
  ],
  [
    "the stored version of a CustomResourceDefinition that was not there then",
    definition("v1*"),
    definition("v1", "v2*"),
    [
      /^stored-version CustomResourceDefinition widgets\.example\.com: v2 is the version that objects are stored in now/,
    ],
  ],
  [
    "a served version that was not there then",
    definition("v1*"),
    definition("v1*", "v2"),
    [/^stored-version .*: v2 is not there then: .*refuses the definition if status\.storedVersions still lists v2/],
  ],
  [
    "another stored version",
    definition("v1*", "v2"),
    definition("v1", "v2*"),
    [/^stored-version .*: objects were stored as v2 since, and will be stored as v1: fields that v1 lacks are lost/],
  ],
  [
    "a CustomResourceDefinition that came since",
    null,
    definition("v1*"),
    [/^deleted CustomResourceDefinition .*every Widget in the cluster is deleted with it/],
  ],
  [
    "a CustomResourceDefinition that was deleted since",
    definition("v1*"),
    null,
    [/^empty CustomResourceDefinition .*every Widget in the cluster went with it/],
  ],
  [
    "a Namespace that came since",
    null,
    "apiVersion: v1\nkind: Namespace\nmetadata: { name: new }\n",
    [/^deleted Namespace new: .*everything in it is deleted with it/],
  ],
  [
    "a Job that has run: its template cannot go back either",
    migration("m:1"),
    migration("m:2"),
    [
      /^refused Job migrate: spec\.template/,
      /^ran Job migrate: came or changed since then, so it has run; .*runs again, unless/,
    ],
  ],
  [
    "a hook that has run",
    null,
    migration("m:2", "{ argocd.argoproj.io/hook: PreSync }"),
    [
      /^ran Job migrate: a hook \(PreSync\): came or changed since then, so it has run; what it did, such as to a database, stays$/,
    ],
  ],
  [
    "a Secret that Git does not have",
    deployment("web", ", envFrom: [{ secretRef: { name: db } }]"),
    deployment("web", ", envFrom: [{ secretRef: { name: db } }], args: [x]"),
    [/^secret Deployment web: uses the Secret db, which is not in Git: its value stays what it is now$/],
  ],
  [
    "a Secret that a controller makes of something outside Git",
    `${deployment("web", ", envFrom: [{ secretRef: { name: db } }]")}---\napiVersion: external-secrets.io/v1\nkind: ExternalSecret\nmetadata: { name: db, namespace: shop }\n`,
    `${deployment("web", ", envFrom: [{ secretRef: { name: db } }], args: [x]")}---\napiVersion: external-secrets.io/v1\nkind: ExternalSecret\nmetadata: { name: db, namespace: shop }\n`,
    [/^secret Deployment web: uses the Secret db, which ExternalSecret db makes of something outside Git/],
  ],
  ["nothing of what is set back as it was", deployment("web"), deployment("web", ", args: [x]"), []],
  [
    "nothing of a Secret in Git",
    `${deployment("web", ", envFrom: [{ secretRef: { name: db } }]")}---\napiVersion: v1\nkind: Secret\nmetadata: { name: db, namespace: shop }\n`,
    `${deployment("web", ", envFrom: [{ secretRef: { name: db } }], args: [x]")}---\napiVersion: v1\nkind: Secret\nmetadata: { name: db, namespace: shop }\n`,
    [],
  ],
])("it cannot undo %s", async (_, then, now, expected) => {
  const found = await losses(then, now);
  expect(found).toHaveLength(expected.length);
  for (const [at, pattern] of expected.entries()) expect(found[at]).toMatch(pattern);
});

test("a Job of a state in between has run as well", async () => {
  const repository = repositoryWith(
    { ...rules, "apps/web.yaml": deployment("web") },
    { "apps/migrate.yaml": migration("m:1") },
    { "apps/migrate.yaml": null, "apps/web.yaml": deployment("web", ", args: [x]") },
  );
  const { rollbacks } = await detailed(repository, ["production"]);
  const kinds = rollbacks.map((one) => ("problem" in one ? [] : one.losses.map(({ kind }) => kind)));
  expect(kinds).toEqual([[], ["ran"]]);
  const oldest = await way(repository, ["production", "--to", "HEAD~2"]);
  expect(oldest.losses.map(({ kind, manifest }) => [kind, manifest?.name])).toEqual([["ran", "migrate"]]);
  expect((await rollback(repository, ["production"])).out).toContain("nothing is known that it cannot undo");
});
