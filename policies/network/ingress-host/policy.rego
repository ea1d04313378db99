# METADATA
# title: Ingresses name the hosts that they serve
# description: >-
#   A rule without a host serves every host that reaches the controller, also those of others and those that an
#   attacker invents.
#    Name the host.
# related_resources:
# - ref: https://kubernetes.io/docs/concepts/services-networking/ingress/#ingress-rules
# custom:
#   severity: low
#   level: warn
#   controls:
#   - NSA/network-separation
package portcullis.network.ingress_host

import rego.v1

import data.portcullis.lib.kubernetes

deny contains message if {
	ingress
	some rule in input.spec.rules
	not rule.host
	message := sprintf("a rule of Ingress %q serves every host", [kubernetes.name])
}

deny contains message if {
	ingress
	some rule in input.spec.rules
	regex.match(`^\*(\.[^.]*)?$`, rule.host)
	message := sprintf("a rule of Ingress %q serves the hosts %q", [kubernetes.name, rule.host])
}

deny contains message if {
	ingress
	count(object.get(input.spec, "rules", [])) == 0
	input.spec.defaultBackend
	message := sprintf("the default backend of Ingress %q serves every host", [kubernetes.name])
}

ingress if {
	input.apiVersion == "networking.k8s.io/v1"
	input.kind == "Ingress"
}
