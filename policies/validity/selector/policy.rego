# METADATA
# title: Selectors match the labels of their own pods
# description: >-
#   The API server refuses a workload whose selector does not match the labels of its pod template.
#    Give the template every label that the selector names.
# related_resources:
# - ref: https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#selector
# custom:
#   severity: high
#   controls:
#   - reliability/validity
package portcullis.validity.selector

import rego.v1

import data.portcullis.lib.kubernetes

deny contains message if {
	input.apiVersion == "apps/v1"
	input.kind in {"Deployment", "StatefulSet", "DaemonSet", "ReplicaSet"}
	some key, value in input.spec.selector.matchLabels
	object.get(labels, key, null) != value
	message := sprintf("%s %q selects %s=%s, and its own pods do not have this label", [input.kind, kubernetes.name, key, value])
}

default labels := {}

labels := input.spec.template.metadata.labels
