package main

import rego.v1

import data.lib.workload

deny contains message if {
	input.kind in {"Deployment", "StatefulSet"}
	object.get(input.spec, "replicas", 1) < 2
	message := sprintf("B17 %s: fewer than two replicas", [workload.label])
}
