# METADATA
# title: Liveness asks less than readiness
# description: >-
#   With equal probes, a pod that is only busy is restarted at the moment at which it should just get no more traffic.
#    Ask the process alone for liveness, or allow more failures.
# related_resources:
# - ref: https://kubernetes.io/docs/concepts/configuration/liveness-readiness-startup-probes/
# custom:
#   severity: low
#   level: warn
#   controls:
#   - reliability/probes
package portcullis.availability.same_probes

import rego.v1

import data.portcullis.lib.kubernetes

deny contains message if {
	some container in kubernetes.long_running
	container.readinessProbe == container.livenessProbe
	message := sprintf("liveness and readiness of container %s are the same", [kubernetes.label(container)])
}
