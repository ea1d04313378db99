# METADATA
# title: Network policies limit who may connect
# description: >-
#   An allowing rule without peers, or for every address, lets everybody connect, so that the policy limits nothing.
#    Name the pods, namespaces or addresses that may.
# related_resources:
# - ref: https://kubernetes.io/docs/concepts/services-networking/network-policies/
# custom:
#   severity: medium
#   level: warn
#   controls:
#   - CIS-Kubernetes/5.3.2
#   - NSA/network-separation
package portcullis.network.allow_all

import rego.v1

import data.portcullis.lib.kubernetes

deny contains message if {
	policy
	some rule in input.spec.ingress
	not rule.ports
	not rule.from
	message := sprintf("NetworkPolicy %q lets everybody connect", [kubernetes.name])
}

deny contains message if {
	policy
	some rule in input.spec.ingress
	not rule.ports
	some peer in rule.from
	not peer.ipBlock.except
	peer.ipBlock.cidr in {"0.0.0.0/0", "::/0"}
	message := sprintf("NetworkPolicy %q lets everybody connect", [kubernetes.name])
}

deny contains message if {
	input.kind in {"CiliumNetworkPolicy", "CiliumClusterwideNetworkPolicy"}
	some rule in input.spec.ingress
	not rule.toPorts
	some entity in rule.fromEntities
	entity in {"all", "world"}
	message := sprintf("%s %q lets everybody connect", [input.kind, kubernetes.name])
}

policy if {
	input.kind == "NetworkPolicy"
	input.apiVersion == "networking.k8s.io/v1"
}
