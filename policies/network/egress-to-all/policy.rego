# METADATA
# title: Network policies limit where pods connect to
# description: >-
#   An egress rule without peers and ports lets pods connect to everything, the internet and the metadata of the cloud
#   included.
#    Name the destinations.
# related_resources:
# - ref: https://kubernetes.io/docs/concepts/services-networking/network-policies/
# custom:
#   severity: low
#   level: warn
#   controls:
#   - CIS-Kubernetes/5.3.2
#   - NSA/network-separation
package portcullis.network.egress_to_all

import rego.v1

import data.portcullis.lib.kubernetes

deny contains message if {
	policy
	some rule in input.spec.egress
	not rule.ports
	not rule.to
	message := sprintf("NetworkPolicy %q lets pods connect to everything", [kubernetes.name])
}

deny contains message if {
	policy
	some rule in input.spec.egress
	not rule.ports
	some peer in rule.to
	not peer.ipBlock.except
	peer.ipBlock.cidr in {"0.0.0.0/0", "::/0"}
	message := sprintf("NetworkPolicy %q lets pods connect to everything", [kubernetes.name])
}

policy if {
	input.kind == "NetworkPolicy"
	input.apiVersion == "networking.k8s.io/v1"
}
