# METADATA
# title: Load balancers are internal or limited to known addresses
# description: >-
#   A Service of type LoadBalancer is open to every address that can route to it, in most clouds to the internet.
#    Make it internal, or list the addresses that may connect in loadBalancerSourceRanges.
# related_resources:
# - ref: https://kubernetes.io/docs/concepts/services-networking/service/#loadbalancer
# custom:
#   severity: medium
#   level: warn
#   controls:
#   - NSA/network-separation
package portcullis.network.load_balancer

import rego.v1

import data.portcullis.lib.kubernetes

deny contains message if {
	load_balancer
	not input.spec.loadBalancerSourceRanges
	message := sprintf("Service %q is open to every address", [kubernetes.name])
}

deny contains message if {
	load_balancer
	some source in input.spec.loadBalancerSourceRanges
	source in {"0.0.0.0/0", "::/0"}
	message := sprintf("Service %q is open to every address", [kubernetes.name])
}

load_balancer if {
	input.apiVersion == "v1"
	input.kind == "Service"
	input.spec.type == "LoadBalancer"
	not is_exempt
}

is_exempt if {
	some key, values in not_public
	input.metadata.annotations[key] in values
}

is_exempt if {
	some key in addresses
	some address in split(input.metadata.annotations[key], ",")
	private(trim_space(address))
}

is_exempt if private(input.spec.loadBalancerIP)

not_public := {
	"service.beta.kubernetes.io/aws-load-balancer-internal": {"true", "0.0.0.0/0"},
	"service.beta.kubernetes.io/aws-load-balancer-scheme": {"internal"},
	"service.beta.kubernetes.io/azure-load-balancer-internal": {"true"},
	"networking.gke.io/load-balancer-type": {"Internal"},
	"cloud.google.com/load-balancer-type": {"Internal"},
}

addresses := {"metallb.io/loadBalancerIPs", "metallb.universe.tf/loadBalancerIPs", "lbipam.cilium.io/ips", "io.cilium/lb-ipam-ips", "kube-vip.io/loadbalancerIPs"}

private(address) if {
	some block in ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"]
	net.cidr_contains(block, address)
}
