# METADATA
# title: Rollouts can make progress
# description: >-
#   A rollout that may neither add a pod nor take one away cannot replace any. The API server refuses it.
#    Let maxSurge or maxUnavailable be at least 1.
# related_resources:
# - ref: https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#rolling-update-deployment
# custom:
#   severity: high
#   controls:
#   - reliability/validity
package portcullis.validity.rolling_update

import rego.v1

import data.portcullis.lib.kubernetes

deny contains message if {
	input.apiVersion == "apps/v1"
	input.kind == "Deployment"
	update := input.spec.strategy.rollingUpdate
	zero(update.maxSurge)
	zero(update.maxUnavailable)
	message := sprintf("Deployment %q has zero for both maxSurge and maxUnavailable", [kubernetes.name])
}

# Without a value, a DaemonSet adds no pod.
deny contains message if {
	input.apiVersion == "apps/v1"
	input.kind == "DaemonSet"
	update := input.spec.updateStrategy.rollingUpdate
	zero(object.get(update, "maxSurge", 0))
	zero(update.maxUnavailable)
	message := sprintf("DaemonSet %q has zero for both maxSurge and maxUnavailable", [kubernetes.name])
}

zero(value) if value in {0, "0%"}
