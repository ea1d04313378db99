# METADATA
# title: Gateways choose the namespaces whose routes they take
# description: >-
#   A listener that takes routes from all namespaces lets every team attach a route for any of its hosts.
#    Select the namespaces.
# related_resources:
# - ref: https://gateway-api.sigs.k8s.io/guides/multiple-ns/
# custom:
#   severity: low
#   level: warn
#   controls:
#   - NSA/network-separation
package portcullis.network.gateway_routes

import rego.v1

import data.portcullis.lib.kubernetes

deny contains message if {
	input.kind == "Gateway"
	startswith(input.apiVersion, "gateway.networking.k8s.io/")
	some listener in input.spec.listeners
	listener.allowedRoutes.namespaces.from == "All"
	message := sprintf("listener %q of Gateway %q takes routes from all namespaces", [object.get(listener, "name", "without a name"), kubernetes.name])
}
