# METADATA
# title: Deployments run more than one pod
# description: >-
#   One pod is away during every drain, crash and upgrade. Run two, or say why one is enough.
# related_resources:
# - ref: https://kubernetes.io/docs/concepts/workloads/controllers/deployment/
# custom:
#   severity: low
#   level: warn
#   controls:
#   - reliability/replicas
package portcullis.availability.replicas

import rego.v1

import data.portcullis.lib.kubernetes

deny contains message if {
	input.kind in {"Deployment", "Rollout"}
	not input.spec.strategy.type == "Recreate"
	object.get(input.spec, "replicas", 1) == 1
	message := sprintf("%s %q runs one pod", [input.kind, kubernetes.name])
}
