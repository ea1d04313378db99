# METADATA
# title: Routes are attached to a Gateway
# description: >-
#   A route without parentRefs is attached to nothing and does nothing. Name the Gateway.
# related_resources:
# - ref: https://gateway-api.sigs.k8s.io/api-types/httproute/#attaching-to-gateways
# custom:
#   severity: medium
#   level: warn
#   controls:
#   - reliability/network
package portcullis.network.route_parent

import rego.v1

import data.portcullis.lib.kubernetes

deny contains message if {
	input.kind in {"HTTPRoute", "GRPCRoute", "TLSRoute", "TCPRoute", "UDPRoute"}
	startswith(input.apiVersion, "gateway.networking.k8s.io/")
	count(object.get(input.spec, "parentRefs", [])) == 0
	message := sprintf("%s %q names no Gateway", [input.kind, kubernetes.name])
}
