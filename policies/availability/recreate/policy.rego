# METADATA
# title: Workloads with several pods are updated one by one
# description: >-
#   The strategy Recreate stops all pods before it starts new ones.
#    Use RollingUpdate.
# related_resources:
# - ref: https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#recreate-deployment
# custom:
#   severity: medium
#   level: warn
#   controls:
#   - reliability/rollout
package portcullis.availability.recreate

import rego.v1

import data.portcullis.lib.kubernetes

deny contains message if {
	input.apiVersion == "apps/v1"
	input.kind == "Deployment"
	input.spec.replicas > 1
	input.spec.strategy.type == "Recreate"
	message := sprintf("Deployment %q stops all of its %v pods at every release", [kubernetes.name, input.spec.replicas])
}
