package main

import rego.v1

import data.lib.workload

deny contains message if {
	workload.pod.spec.hostNetwork == true
	message := sprintf("B09 %s: uses the network of its node", [workload.label])
}
