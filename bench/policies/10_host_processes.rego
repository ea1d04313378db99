package main

import rego.v1

import data.lib.workload

deny contains message if {
	some field in {"hostPID", "hostIPC"}
	workload.pod.spec[field] == true
	message := sprintf("B10 %s: %s is set", [workload.label, field])
}
