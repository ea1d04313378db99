# METADATA
# title: Probes ask ports that the container has
# description: >-
#   A probe that names a port the container does not declare always fails, and the pod is never ready or restarts for
#   ever.
# related_resources:
# - ref: https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/#use-a-named-port
# custom:
#   severity: high
#   controls:
#   - reliability/probes
package portcullis.workloads.probe_ports

import rego.v1

import data.portcullis.lib.kubernetes

deny contains message if {
	some container in kubernetes.containers
	some probe in ["livenessProbe", "readinessProbe", "startupProbe"]
	some handler in ["httpGet", "tcpSocket"]
	port := container[probe][handler].port
	is_string(port)
	regex.match(`[a-z]`, port)
	not port in {declared.name | some declared in container.ports}
	message := sprintf("%s of container %s asks port %q, which the container does not have", [probe, kubernetes.label(container), port])
}
