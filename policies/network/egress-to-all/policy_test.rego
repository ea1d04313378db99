package portcullis.network.egress_to_all_test

import rego.v1

import data.portcullis.network.egress_to_all

policy(egress) := {"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": {"name": "web"}, "spec": {"podSelector": {}, "egress": egress}}

test_a_rule_to_everywhere_is_denied if {
	every rule in [{}, {"to": [{"ipBlock": {"cidr": "0.0.0.0/0"}}]}, {"to": [{"podSelector": {}}, {"ipBlock": {"cidr": "::/0"}}]}] {
		egress_to_all.deny == {"NetworkPolicy \"web\" lets pods connect to everything"} with input as policy([{"to": [{"podSelector": {}}]}, rule])
	}
}

test_rules_that_limit_are_accepted if {
	every rule in [
		{"to": [{"podSelector": {}}]},
		{"ports": [{"port": 53}]},
		{"ports": [{"port": 443}], "to": [{"ipBlock": {"cidr": "0.0.0.0/0"}}]},
		{"to": [{"ipBlock": {"cidr": "0.0.0.0/0", "except": ["169.254.169.254/32"]}}]},
		{"to": [{"ipBlock": {"cidr": "10.0.0.0/8"}}]},
	] {
		count(egress_to_all.deny) == 0 with input as policy([rule])
	}
}

test_network_policies_of_others_are_not_judged if {
	count(egress_to_all.deny) == 0 with input as object.union(policy([{}]), {"apiVersion": "crd.projectcalico.org/v1"})
	count(egress_to_all.deny) == 0 with input as object.union(policy([{}]), {"kind": "Other"})
}
