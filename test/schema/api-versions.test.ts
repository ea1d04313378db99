import { expect, test } from "@jest/globals";
import { defaultConfig } from "../../src/config/default-config.ts";
import type { Config } from "../../src/model/config.ts";
import { openSchemaBundle } from "../../src/schema-bundle/open-bundle.ts";
import { createSchemaCheck } from "../../src/schema/schema-check.ts";
import { unknownVersions, versionOf } from "../../src/schema/versions.ts";
import { complaintsOf, manifestsIn, onKubernetes } from "./judging.ts";

const object = (apiVersion: string, kind: string): string =>
  `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: a}\n`;

test.each<[version: string, apiVersion: string, kind: string, expected: string | undefined]>([
  [
    "1.34",
    "extensions/v1beta1",
    "Deployment",
    "deny removed extensions/v1beta1 Deployment is no longer served as of Kubernetes 1.16; use apps/v1",
  ],
  [
    "1.34",
    "extensions/v1beta1",
    "Ingress",
    "deny removed extensions/v1beta1 Ingress is no longer served as of Kubernetes 1.22; use networking.k8s.io/v1",
  ],
  [
    "1.34",
    "policy/v1beta1",
    "PodSecurityPolicy",
    "deny removed policy/v1beta1 PodSecurityPolicy is no longer served as of Kubernetes 1.25",
  ],
  [
    "1.34",
    "extensions/v1beta1",
    "PodSecurityPolicy",
    "deny removed extensions/v1beta1 PodSecurityPolicy is no longer served as of Kubernetes 1.16",
  ],
  [
    "1.25",
    "autoscaling/v2beta2",
    "HorizontalPodAutoscaler",
    "warn deprecated autoscaling/v2beta2 HorizontalPodAutoscaler is deprecated as of Kubernetes 1.23 and removed in 1.26; use autoscaling/v2",
  ],
  [
    "1.26",
    "autoscaling/v2beta2",
    "HorizontalPodAutoscaler",
    "deny removed autoscaling/v2beta2 HorizontalPodAutoscaler is no longer served as of Kubernetes 1.26; use autoscaling/v2",
  ],
  // Its own replacement went, too.
  [
    "1.34",
    "storage.k8s.io/v1alpha1",
    "CSIStorageCapacity",
    "deny removed storage.k8s.io/v1alpha1 CSIStorageCapacity is no longer served as of Kubernetes 1.24; use storage.k8s.io/v1",
  ],
  [
    "1.28",
    "flowcontrol.apiserver.k8s.io/v1beta2",
    "FlowSchema",
    "warn deprecated flowcontrol.apiserver.k8s.io/v1beta2 FlowSchema is deprecated as of Kubernetes 1.26 and removed in 1.29; use flowcontrol.apiserver.k8s.io/v1beta3",
  ],
  [
    "1.33",
    "flowcontrol.apiserver.k8s.io/v1beta2",
    "FlowSchema",
    "deny removed flowcontrol.apiserver.k8s.io/v1beta2 FlowSchema is no longer served as of Kubernetes 1.29; use flowcontrol.apiserver.k8s.io/v1",
  ],
  [
    "1.20",
    "batch/v2alpha1",
    "CronJob",
    "deny removed batch/v2alpha1 CronJob is no longer served as of Kubernetes 1.21; use batch/v1",
  ],
  [
    "1.30",
    "resource.k8s.io/v1",
    "ResourceClaim",
    "deny not-yet resource.k8s.io/v1 ResourceClaim is served from Kubernetes 1.34 on, not in 1.30; use resource.k8s.io/v1alpha2",
  ],
  ["1.34", "resource.k8s.io/v1", "ResourceClaim", undefined],
  ["1.34", "v1", "ConfigMap", undefined],
  ["1.34", "v1", "Deployment", "deny unknown-kind Kubernetes 1.34 has no Deployment in v1; it is in apps/v1"],
  [
    "1.34",
    "apps/v1",
    "Deploymnet",
    "deny unknown-kind Kubernetes 1.34 has no Deploymnet in apps/v1; did you mean Deployment?",
  ],
  ["1.34", "apps", "Deployment", "deny unknown-kind Kubernetes 1.34 has no Deployment in apps; it is in apps/v1"],
  ["1.34", "v2", "Gadget", "deny unknown-kind Kubernetes 1.34 has no Gadget in v2"],
  // Files for programs, and objects of others.
  ["1.34", "v1", "Config", undefined],
  ["1.34", "builtin", "LabelTransformer", undefined],
  ["1.34", "admission.k8s.io/v1", "AdmissionReview", undefined],
  ["1.34", "example.com/v1", "Deployment", undefined],
])("On Kubernetes %s, %s %s is told as due", (version, apiVersion, kind, expected) => {
  const said = complaintsOf(object(apiVersion, kind), onKubernetes(version))
    .filter(({ rule }) => rule !== "required")
    .map(({ level, rule, message }) => `${level} ${rule} ${message}`);
  expect(said).toEqual(expected === undefined ? [] : [expected]);
});

test("A violation about an API version is placed at apiVersion", () => {
  const [said] = complaintsOf(object("policy/v1beta1", "PodDisruptionBudget"));
  expect(said).toMatchObject({
    policy: "kubernetes/api-version",
    cause: { pointer: "/apiVersion", precision: "value" },
  });
});

const cluster = { paths: [], clusters: [], levels: {}, parameters: {} };
const staged: Config = {
  ...defaultConfig,
  schemas: { enabled: true, kubernetes: "1.33" },
  environments: { old: { ...cluster, kubernetes: "1.25.9" }, new: { ...cluster, kubernetes: "1.99" }, usual: cluster },
};

test("Each environment has its own version of Kubernetes", () => {
  const check = createSchemaCheck(openSchemaBundle(), staged);
  const [manifest] = manifestsIn(object("autoscaling/v2beta2", "HorizontalPodAutoscaler"));
  const levels = ["old", "usual", undefined].map((environment) =>
    check
      .ofManifest?.({ ...manifest!, ...(environment === undefined ? {} : { environment }) }, [])
      .map(({ level }) => level),
  );
  expect(levels).toEqual([["warn"], ["deny"], ["deny"]]);
});

test("Versions beyond those that are known are told, and the nearest one judges", () => {
  const { versions } = openSchemaBundle();
  expect(versionOf(staged, { environment: "new" }, versions)).toBe(versions.at(-1));
  expect(versionOf(onKubernetes("1.2"), {}, versions)).toBe(versions[0]);
  expect(versionOf(defaultConfig, {}, versions)).toBe(versions.at(-1));
  expect(unknownVersions(staged, versions)).toEqual([
    {
      pointer: "/environments/new/kubernetes",
      message: `no schemas for Kubernetes 1.99; expected a version from ${versions[0]} to ${versions.at(-1)}`,
    },
  ]);
});

test("Another version of Kubernetes is another digest, so that nothing kept answers for it", () => {
  const digest = (version: string): string => createSchemaCheck(openSchemaBundle(), onKubernetes(version)).digest;
  expect(digest("1.33")).not.toBe(digest("1.34"));
  expect(digest("1.34")).toBe(digest("1.34"));
});
