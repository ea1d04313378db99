package main

import rego.v1

import data.lib.workload

deny contains message if {
	input.kind == "Service"
	input.spec.type in {"NodePort", "LoadBalancer"}
	message := sprintf("B18 %s: Service of type %s", [workload.label, input.spec.type])
}
