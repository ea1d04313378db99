package main

import rego.v1

import data.lib.workload

deny contains message if {
	some container in workload.containers
	not known(container.image)
	message := sprintf("B06 %s: container %s comes from %s", [workload.label, container.name, container.image])
}

registries := {"registry.example.com/", "ghcr.io/example/"}

known(image) if {
	some registry in registries
	startswith(image, registry)
}
