package main

import rego.v1

import data.lib.workload

deny contains message if {
	input.kind in {"Deployment", "StatefulSet"}
	some container in workload.pod.spec.containers
	some probe in {"livenessProbe", "readinessProbe"}
	not container[probe]
	message := sprintf("B14 %s: container %s lacks %s", [workload.label, container.name, probe])
}
