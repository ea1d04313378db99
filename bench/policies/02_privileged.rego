package main

import rego.v1

import data.lib.workload

deny contains message if {
	some container in workload.containers
	container.securityContext.privileged == true
	message := sprintf("B02 %s: container %s is privileged", [workload.label, container.name])
}
