package main

import rego.v1

import data.lib.workload

deny contains message if {
	some container in workload.containers
	some variable in container.env
	regex.match(`(?i)(password|secret|token|api_?key)`, variable.name)
	is_string(variable.value)
	message := sprintf("B20 %s: container %s spells out %s", [workload.label, container.name, variable.name])
}
