# METADATA
# title: Listeners with TLS have a certificate
# description: >-
#   A listener that terminates TLS and has no certificate is not programmed, so that nothing connects to it.
#    Name the Secret in certificateRefs.
# related_resources:
# - ref: https://gateway-api.sigs.k8s.io/guides/tls/
# custom:
#   severity: high
#   level: warn
#   controls:
#   - reliability/network
package portcullis.network.gateway_certificate

import rego.v1

import data.portcullis.lib.kubernetes

deny contains message if {
	input.kind == "Gateway"
	startswith(input.apiVersion, "gateway.networking.k8s.io/")
	some listener in input.spec.listeners
	terminates(listener)
	not listener.tls.options
	not listener.tls.certificateRefs
	message := sprintf("listener %q of Gateway %q terminates TLS and has no certificate", [object.get(listener, "name", "without a name"), kubernetes.name])
}

terminates(listener) if {
	listener.protocol in {"HTTPS", "TLS"}
	not listener.tls.mode == "Passthrough"
}
