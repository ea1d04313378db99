import { podSpecOf, type Draft } from "./objects.ts";

/** What the policies of these pull requests forbid. */
export const policy = `# METADATA
# title: Nothing of these pull requests' violations
# custom:
#   level: deny
package disguised.forbidden

import rego.v1

deny contains sprintf("%s %s: %s", [input.kind, object.get(input.metadata, "name", "?"), what]) if {
	not gitops
	some what in found
}

gitops if {
	startswith(input.apiVersion, "argoproj.io/")
	input.kind in {"Application", "ApplicationSet", "AppProject"}
}

gitops if contains(input.apiVersion, "fluxcd.io/")

found contains key if {
	some path, value
	walk(input, [path, value])
	value == true
	key := path[count(path) - 1]
	key in {"privileged", "hostNetwork", "hostPID"}
}

found contains "hostPath" if {
	some path, value
	walk(input, [path, value])
	path[count(path) - 1] == "hostPath"
	is_object(value)
}

found contains "image" if {
	some path, value
	walk(input, [path, value])
	path[count(path) - 1] == "image"
	endswith(value, ":latest")
}

found contains "annotation" if {
	input.metadata.annotations["acme.example/unsafe"] == "true"
}
`;

/** A violation as a change of a workload, or of a patch of one. */
export const violations: { readonly [name: string]: (workload: Draft) => void } = {
  privileged: (one) => Object.assign(containerOf(one), { securityContext: { privileged: true } }),
  hostNetwork: (one) => Object.assign(podSpecOf(one), { hostNetwork: true }),
  hostPID: (one) => Object.assign(podSpecOf(one), { hostPID: true }),
  hostPath: (one) => Object.assign(podSpecOf(one), { volumes: [{ name: "host", hostPath: { path: "/" } }] }),
  image: (one) => Object.assign(containerOf(one), { image: "nginx:latest" }),
  annotation: (one) =>
    Object.assign(one["metadata"], {
      annotations: { ...one["metadata"].annotations, "acme.example/unsafe": "true" },
    }),
};

/** What a harmless pull request does instead. */
export function harmless(one: Draft): void {
  one["metadata"].annotations = { ...one["metadata"].annotations, "acme.example/safe": "true" };
}

function containerOf(one: Draft): Draft {
  const spec = podSpecOf(one);
  spec["containers"] ??= [{ name: "main" }];
  return spec["containers"][0];
}

/** Whether an object violates the policy, asked without the engine. */
export function offends(object: Draft): boolean {
  const { apiVersion, kind } = object;
  if (typeof apiVersion !== "string" || apiVersion.includes("fluxcd.io/")) return false;
  if (["Application", "ApplicationSet", "AppProject"].includes(kind as string)) return false;
  return object["metadata"]?.annotations?.["acme.example/unsafe"] === "true" || holds(object);
}

function holds(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  return Object.entries(value).some(
    ([key, item]: readonly [string, unknown]) =>
      (item === true && ["privileged", "hostNetwork", "hostPID"].includes(key)) ||
      (key === "hostPath" && typeof item === "object" && item !== null && !Array.isArray(item)) ||
      (key === "image" && typeof item === "string" && item.endsWith(":latest")) ||
      holds(item),
  );
}
