# METADATA
# title: Namespaces deny traffic by default
# description: >-
#   Without a NetworkPolicy for all of its pods, every pod of a namespace can be reached from the whole cluster.
#    Add one that selects all pods and allows nothing, and allow what is needed in others.
# related_resources:
# - ref: https://kubernetes.io/docs/concepts/services-networking/network-policies/#default-deny-all-ingress-traffic
# custom:
#   severity: medium
#   level: warn
#   controls:
#   - CIS-Kubernetes/5.3.2
#   - NSA/network-separation
package portcullis.network.default_deny

import rego.v1

deny contains message if {
	input.apiVersion == "v1"
	input.kind == "Namespace"
	name := input.metadata.name
	not startswith(name, "kube-")
	count(workloads) > 0
	not denied
	message := sprintf("no NetworkPolicy covers all pods of namespace %q", [name])
}

workloads contains name if some name, _ in data.portcullis.inventory.namespace[input.metadata.name]["apps/v1"].Deployment

workloads contains name if some name, _ in data.portcullis.inventory.namespace[input.metadata.name]["apps/v1"].StatefulSet

denied if {
	some policy in data.portcullis.inventory.namespace[input.metadata.name]["networking.k8s.io/v1"].NetworkPolicy
	policy.spec.podSelector == {}
	"Ingress" in object.get(policy.spec, "policyTypes", ["Ingress"])
}

denied if {
	some policy in data.portcullis.inventory.namespace[input.metadata.name]["cilium.io/v2"].CiliumNetworkPolicy
	policy.spec.endpointSelector == {}
}

denied if {
	some _ in data.portcullis.inventory.cluster[_].AdminNetworkPolicy
}

denied if {
	some _ in data.portcullis.inventory.cluster[_].BaselineAdminNetworkPolicy
}

denied if {
	some _ in data.portcullis.inventory.cluster[_].CiliumClusterwideNetworkPolicy
}

denied if {
	some _ in data.portcullis.inventory.cluster[_].GlobalNetworkPolicy
}
