# METADATA
# title: Requests are not above limits
# description: >-
#   The API server refuses a container that requests more of a resource than its limit allows.
#    Raise the limit, or lower the request.
# related_resources:
# - ref: https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/
# custom:
#   severity: high
#   controls:
#   - reliability/validity
package portcullis.validity.limits

import rego.v1

import data.portcullis.lib.kubernetes

deny contains message if {
	some container in kubernetes.containers
	some resource, limit in container.resources.limits
	amount(container.resources.requests[resource]) > amount(limit)
	message := sprintf("container %s requests %s %v, which is above its limit of %v", [kubernetes.label(container), resource, container.resources.requests[resource], limit])
}

# A number of bytes, or of cores.
amount(quantity) := quantity if is_number(quantity)

amount(quantity) := units.parse(quantity) if is_string(quantity)
