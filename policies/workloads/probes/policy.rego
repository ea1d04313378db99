# METADATA
# title: Containers that serve traffic have a readiness probe
# description: >-
#   Without a readiness probe traffic reaches a container before it can answer.
#   Add a readinessProbe to each container with ports.
# related_resources:
# - ref: https://kubernetes.io/docs/concepts/configuration/liveness-readiness-startup-probes/
# custom:
#   severity: low
#   level: warn
#   controls:
#   - reliability/probes
package portcullis.workloads.probes

import rego.v1

import data.portcullis.lib.kubernetes

deny contains message if {
	input.kind in {"Deployment", "StatefulSet", "DaemonSet", "Rollout"}
	some container in kubernetes.long_running
	some port in container.ports
	not for_the_platform(port)
	not container.readinessProbe
	message := sprintf("container %s opens ports and has no readinessProbe", [kubernetes.label(container)])
}

# Ports that are asked about the container itself, whether it is ready or not.
for_the_platform(port) if regex.match(`^(?:[a-z0-9]+-)?(?:metrics|prom|prometheus|health|healthz|healthcheck|probe|probes|debug|pprof)(?:-[a-z0-9]+)?$`, port.name)
