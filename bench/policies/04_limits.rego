package main

import rego.v1

import data.lib.workload

deny contains message if {
	some container in workload.containers
	some resource in {"cpu", "memory"}
	not container.resources.limits[resource]
	message := sprintf("B04 %s: container %s has no limit for %s", [workload.label, container.name, resource])
}
