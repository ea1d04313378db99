package main

import rego.v1

import data.lib.workload

deny contains message if {
	some container in workload.containers
	moving(container.image)
	message := sprintf("B01 %s: container %s runs %s, which moves", [workload.label, container.name, container.image])
}

moving(image) if endswith(image, ":latest")

moving(image) if {
	parts := split(image, "/")
	not contains(parts[count(parts) - 1], ":")
}
