package main

import rego.v1

import data.lib.workload

deny contains message if {
	some container in workload.containers
	not drops_all(container)
	message := sprintf("B11 %s: container %s keeps capabilities", [workload.label, container.name])
}

drops_all(container) if {
	some capability in container.securityContext.capabilities.drop
	upper(capability) == "ALL"
}
