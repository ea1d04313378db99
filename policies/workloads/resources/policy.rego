# METADATA
# title: Containers set requests and a memory limit
# description: >-
#   Without requests the scheduler guesses, and without a memory limit one container can evict its neighbours.
#   Set both.
# related_resources:
# - ref: https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/
# custom:
#   severity: medium
#   level: warn
#   controls:
#   - CIS-Kubernetes/5.7.4
package portcullis.workloads.resources

import rego.v1

import data.portcullis.lib.kubernetes

required := [["requests", "cpu"], ["requests", "memory"], ["limits", "memory"]]

# One finding for each container, where the first of them is missing.
deny contains message if {
	some container in kubernetes.long_running
	missing := [pair |
		some pair in required
		not container.resources[pair[0]][pair[1]]
	]
	[group, resource] := missing[0]
	not container.resources[group][resource]
	message := sprintf("container %s has no %s", [kubernetes.label(container), concat(", ", [concat(".", pair) | some pair in missing])])
}
