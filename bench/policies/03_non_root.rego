package main

import rego.v1

import data.lib.workload

deny contains message if {
	some container in workload.containers
	not non_root(container)
	message := sprintf("B03 %s: container %s may run as root", [workload.label, container.name])
}

non_root(container) if container.securityContext.runAsNonRoot == true

non_root(container) if {
	not says(container)
	workload.pod.spec.securityContext.runAsNonRoot == true
}

says(container) if container.securityContext.runAsNonRoot in {true, false}
