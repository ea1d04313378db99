package main

import rego.v1

import data.lib.workload

deny contains message if {
	input.kind == "NetworkPolicy"
	some rule in input.spec.egress
	some target in rule.to
	target.ipBlock.cidr in {"0.0.0.0/0", "::/0"}
	message := sprintf("B19 %s: lets everything out", [workload.label])
}
