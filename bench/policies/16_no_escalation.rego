package main

import rego.v1

import data.lib.workload

deny contains message if {
	some container in workload.containers
	not contained(container)
	message := sprintf("B16 %s: container %s may gain privileges", [workload.label, container.name])
}

contained(container) if container.securityContext.allowPrivilegeEscalation == false
