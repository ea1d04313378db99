import { expect, test } from "@jest/globals";
import type { JsonObject } from "../../../src/model/json.ts";
import { appliesAlone } from "../../../src/render/files/applies-alone.ts";

const containers = [{ name: "web", image: "web:1" }];

test.each<[string, string, string, JsonObject, boolean]>([
  ["a kind that needs no more than a name", "v1", "ConfigMap", {}, true],
  ["a kind that is not known", "example.com/v1", "constructor", {}, true],
  ["a text that the schemas require", "storage.k8s.io/v1", "StorageClass", { provisioner: "csi.example.com" }, true],
  ["without that text", "storage.k8s.io/v1", "StorageClass", { allowVolumeExpansion: true }, false],
  ["with null for it", "storage.k8s.io/v1", "StorageClass", { provisioner: null }, false],
  ["one of two required texts", "rbac.authorization.k8s.io/v1", "RoleBinding", { roleRef: { kind: "Role" } }, false],
  ["both of them", "rbac.authorization.k8s.io/v1", "RoleBinding", { roleRef: { kind: "Role", name: "reader" } }, true],
  ["a list that schemas require and the API server takes empty", "rbac.authorization.k8s.io/v1", "Role", {}, true],
  ["an image that only the API server asks for", "v1", "Pod", { spec: { containers } }, true],
  ["without the image", "v1", "Pod", { spec: { containers: [{ name: "web" }] } }, false],
  [
    "a schedule without an image",
    "batch/v1",
    "CronJob",
    { spec: { schedule: "0 0 * * *", jobTemplate: { spec: { template: { spec: {} } } } } },
    false,
  ],
  [
    "an image without a schedule",
    "batch/v1",
    "CronJob",
    { spec: { jobTemplate: { spec: { template: { spec: { containers } } } } } },
    false,
  ],
  [
    "both schedule and image",
    "batch/v1",
    "CronJob",
    { spec: { schedule: "0 0 * * *", jobTemplate: { spec: { template: { spec: { containers } } } } } },
    true,
  ],
])("whether an object applies alone: %s", (_, apiVersion, kind, fields, expected) => {
  expect(appliesAlone({ apiVersion, kind, metadata: { name: "a" }, ...fields })).toBe(expected);
});
