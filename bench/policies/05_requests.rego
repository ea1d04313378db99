package main

import rego.v1

import data.lib.workload

deny contains message if {
	some container in workload.containers
	some resource in {"cpu", "memory"}
	not container.resources.requests[resource]
	message := sprintf("B05 %s: container %s has no request for %s", [workload.label, container.name, resource])
}
