package portcullis.network.load_balancer_test

import rego.v1

import data.portcullis.network.load_balancer

service(annotations, spec) := {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web", "annotations": annotations}, "spec": object.union({"type": "LoadBalancer"}, spec)}

test_a_load_balancer_for_all_is_denied if {
	every spec in [{}, {"loadBalancerSourceRanges": ["0.0.0.0/0"]}, {"loadBalancerSourceRanges": ["203.0.113.0/24", "::/0"]}, {"loadBalancerIP": "203.0.113.9"}] {
		load_balancer.deny == {"Service \"web\" is open to every address"} with input as service({}, spec)
	}
	every annotations in [
		{"service.beta.kubernetes.io/aws-load-balancer-scheme": "internet-facing"},
		{"metallb.io/loadBalancerIPs": "203.0.113.9"},
		{"example.com/ips": "10.0.0.1"},
	] {
		count(load_balancer.deny) == 1 with input as service(annotations, {})
	}
}

test_known_addresses_are_accepted if {
	count(load_balancer.deny) == 0 with input as service({}, {"loadBalancerSourceRanges": ["203.0.113.0/24"]})
}

test_internal_ones_are_accepted if {
	every annotations in [
		{"service.beta.kubernetes.io/aws-load-balancer-internal": "true"},
		{"service.beta.kubernetes.io/aws-load-balancer-internal": "0.0.0.0/0"},
		{"service.beta.kubernetes.io/aws-load-balancer-scheme": "internal"},
		{"service.beta.kubernetes.io/azure-load-balancer-internal": "true"},
		{"networking.gke.io/load-balancer-type": "Internal"},
		{"cloud.google.com/load-balancer-type": "Internal"},
		{"metallb.io/loadBalancerIPs": "203.0.113.9, 10.0.0.1"},
		{"metallb.universe.tf/loadBalancerIPs": "172.16.3.4"},
		{"lbipam.cilium.io/ips": "192.168.1.2"},
		{"io.cilium/lb-ipam-ips": "fd00::1"},
		{"kube-vip.io/loadbalancerIPs": "10.1.1.1"},
	] {
		count(load_balancer.deny) == 0 with input as service(annotations, {})
	}
	count(load_balancer.deny) == 0 with input as service({}, {"loadBalancerIP": "192.168.1.2"})
}

test_other_types_and_kinds_are_accepted if {
	count(load_balancer.deny) == 0 with input as service({}, {"type": "ClusterIP"})
	count(load_balancer.deny) == 0 with input as object.union(service({}, {}), {"apiVersion": "example.com/v1"})
	count(load_balancer.deny) == 0 with input as object.union(service({}, {}), {"kind": "Broker"})
}
