package main

import rego.v1

import data.lib.workload

namespaced := {"Deployment", "StatefulSet", "CronJob", "Service", "ConfigMap", "Ingress", "NetworkPolicy"}

deny contains message if {
	input.kind in namespaced
	object.get(input.metadata, "namespace", "default") == "default"
	message := sprintf("B13 %s: lives in the namespace default", [workload.label])
}
