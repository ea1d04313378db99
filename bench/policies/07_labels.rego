package main

import rego.v1

import data.lib.workload

wanted := {"app.kubernetes.io/name", "app.kubernetes.io/managed-by", "team", "cost-center"}

deny contains message if {
	some name in wanted
	not input.metadata.labels[name]
	message := sprintf("B07 %s: label %s is absent", [workload.label, name])
}
