# METADATA
# title: Services name ports that their pods have
# description: >-
#   A Service names a target port that no container of its pods declares. Traffic to this port reaches nothing.
# related_resources:
# - ref: https://kubernetes.io/docs/concepts/services-networking/service/#field-spec-ports
# custom:
#   severity: high
#   level: warn
#   controls:
#   - reliability/references
package portcullis.references.service_port

import rego.v1

import data.portcullis.lib.kubernetes
import data.portcullis.lib.others

deny contains message if {
	input.apiVersion == "v1"
	input.kind == "Service"
	not data.portcullis.inventory.several.namespace[others.namespace].v1.Service[input.metadata.name]
	selected := others.selected(input.spec.selector)
	count(selected) > 0
	every workload in selected {
		not workload.several
	}
	declared := {port.name |
		some workload in selected
		some list in ["containers", "initContainers"]
		some container in workload.pod[list]
		some port in container.ports
	}
	some port in input.spec.ports
	is_string(port.targetPort)
	not port.targetPort in declared
	message := sprintf("Service %q sends traffic to port %q, which its pods do not have", [kubernetes.name, port.targetPort])
}
