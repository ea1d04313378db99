package portcullis.network.allow_all_test

import rego.v1

import data.portcullis.network.allow_all

policy(ingress) := {"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": {"name": "web"}, "spec": {"podSelector": {}, "ingress": ingress}}

cilium(kind, ingress) := {"apiVersion": "cilium.io/v2", "kind": kind, "metadata": {"name": "web"}, "spec": {"ingress": ingress}}

everywhere := {"ipBlock": {"cidr": "0.0.0.0/0"}}

test_a_rule_for_everybody_is_denied if {
	every rule in [{}, {"from": [everywhere]}, {"from": [{"podSelector": {}}, {"ipBlock": {"cidr": "::/0"}}]}] {
		allow_all.deny == {"NetworkPolicy \"web\" lets everybody connect"} with input as policy([{"from": [{"podSelector": {}}]}, rule])
	}
}

test_rules_that_limit_are_accepted if {
	every rule in [
		{"from": [{"podSelector": {}}]},
		{"ports": [{"port": 443}]},
		{"ports": [{"port": 443}], "from": [everywhere]},
		{"from": [{"ipBlock": {"cidr": "0.0.0.0/0", "except": ["169.254.169.254/32"]}}]},
		{"from": [{"ipBlock": {"cidr": "10.0.0.0/8"}}]},
	] {
		count(allow_all.deny) == 0 with input as policy([rule])
	}
	count(allow_all.deny) == 0 with input as policy([])
}

test_entities_of_cilium_count if {
	every kind in ["CiliumNetworkPolicy", "CiliumClusterwideNetworkPolicy"] {
		every entity in ["all", "world"] {
			allow_all.deny == {sprintf("%s \"web\" lets everybody connect", [kind])} with input as cilium(kind, [{"fromEntities": ["host", entity]}])
		}
	}
	count(allow_all.deny) == 0 with input as cilium("CiliumNetworkPolicy", [{"fromEntities": ["cluster"]}])
	count(allow_all.deny) == 0 with input as cilium("CiliumNetworkPolicy", [{"fromEntities": ["world"], "toPorts": [{}]}])
	count(allow_all.deny) == 0 with input as cilium("Other", [{"fromEntities": ["world"]}])
}

test_network_policies_of_others_are_not_judged if {
	count(allow_all.deny) == 0 with input as object.union(policy([{}]), {"apiVersion": "crd.projectcalico.org/v1"})
	count(allow_all.deny) == 0 with input as object.union(policy([{}]), {"kind": "Other"})
}
