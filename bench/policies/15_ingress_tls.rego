package main

import rego.v1

import data.lib.workload

deny contains message if {
	input.kind == "Ingress"
	some rule in input.spec.rules
	not encrypted(rule.host)
	message := sprintf("B15 %s: host %s is served without TLS", [workload.label, rule.host])
}

encrypted(host) if {
	some entry in input.spec.tls
	host in entry.hosts
}
