import { copyFileSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const own = join(import.meta.dirname, "../../bench/policies");

const kinds = ["Deployment", "StatefulSet", "DaemonSet", "CronJob", "Job", "Service", "Ingress", "ConfigMap"] as const;

/** What a variant asks, each of its number: most manifests fulfil it, a few do not. */
const conditions: readonly ((n: number) => string)[] = [
  (n) => `startswith(container.image, "registry-${n}.example.com/")`,
  (n) => `container.securityContext.runAsUser == ${n}`,
  (n) => `container.resources.limits.memory == "${n}Gi"`,
  (n) => `some port in container.ports\n\tport.containerPort == ${n}`,
  (n) => `some variable in container.env\n\tvariable.name == "VARIABLE_${n}"`,
  (n) => `input.metadata.labels.tier == "tier-${n}"\n\tcontainer.name == input.metadata.labels.tier`,
];

/** Writes `count` policies below `directory`: the twenty of this folder, and variants of single kinds beyond them. */
export function writePolicies(directory: string, count: number): void {
  mkdirSync(directory, { recursive: true });
  const names = readdirSync(own).filter((name) => name.endsWith(".rego"));
  const numbered = names.filter((name) => /^\d/.test(name));
  for (const name of names) if (!/^\d/.test(name)) copyFileSync(join(own, name), join(directory, name));
  for (const name of numbered.slice(0, count)) copyFileSync(join(own, name), join(directory, name));
  for (let n = numbered.length; n < count; n += 1) {
    const kind = kinds[n % kinds.length] ?? kinds[0];
    const condition = conditions[n % conditions.length] ?? conditions[0];
    writeFileSync(join(directory, `variant_${n}.rego`), variant(n, kind, condition?.(n) ?? "true"));
  }
}

function variant(n: number, kind: string, condition: string): string {
  return `package main

import rego.v1

import data.lib.workload

deny contains message if {
	input.kind == "${kind}"
	some container in workload.containers
	${condition}
	message := sprintf("V${n} %s: container %s is not as it must be", [workload.label, container.name])
}
`;
}
