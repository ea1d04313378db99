package main

import rego.v1

import data.lib.workload

deny contains message if {
	some container in workload.containers
	not read_only(container)
	message := sprintf("B12 %s: container %s can write its root", [workload.label, container.name])
}

read_only(container) if container.securityContext.readOnlyRootFilesystem == true
