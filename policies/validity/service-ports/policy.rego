# METADATA
# title: Ports of a Service are named and different
# description: >-
#   The API server refuses a Service with several ports of which one has no name, and two ports with the same number
#   and protocol, or the same name.
# related_resources:
# - ref: https://kubernetes.io/docs/concepts/services-networking/service/#multi-port-services
# custom:
#   severity: high
#   controls:
#   - reliability/validity
package portcullis.validity.service_ports

import rego.v1

import data.portcullis.lib.kubernetes

deny contains message if {
	service
	count(input.spec.ports) > 1
	some port in input.spec.ports
	not port.name

	# portcullis-lint ignore: silent-message a port without a number is refused by its schema
	message := sprintf("port %v of Service %q has no name; with several ports each needs one", [port.port, kubernetes.name])
}

deny contains message if {
	service
	some i, port in input.spec.ports
	some j, other in input.spec.ports
	i < j
	port.name == other.name
	message := sprintf("two ports of Service %q are named %q", [kubernetes.name, port.name])
}

deny contains message if {
	service
	some i, port in input.spec.ports
	some j, other in input.spec.ports
	i < j
	object.get(port, "protocol", "TCP") == object.get(other, "protocol", "TCP")
	port.port == other.port
	message := sprintf("two ports of Service %q have the number %v", [kubernetes.name, port.port])
}

service if {
	input.kind == "Service"
	input.apiVersion == "v1"
}
