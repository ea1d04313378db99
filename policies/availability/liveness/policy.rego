# METADATA
# title: Long-running containers have a liveness probe
# description: >-
#   A process that hangs is not restarted unless something asks whether it lives.
#    Add a livenessProbe that tests the process alone.
# related_resources:
# - ref: https://kubernetes.io/docs/concepts/configuration/liveness-readiness-startup-probes/
# custom:
#   severity: low
#   level: warn
#   controls:
#   - reliability/probes
package portcullis.availability.liveness

import rego.v1

import data.portcullis.lib.kubernetes

deny contains message if {
	input.kind in {"Deployment", "StatefulSet", "DaemonSet", "Rollout"}
	some container in kubernetes.long_running
	count(container.ports) > 0
	not container.livenessProbe
	message := sprintf("container %s opens ports and has no livenessProbe", [kubernetes.label(container)])
}
