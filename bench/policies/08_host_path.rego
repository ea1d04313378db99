package main

import rego.v1

import data.lib.workload

deny contains message if {
	some volume in workload.pod.spec.volumes
	volume.hostPath
	message := sprintf("B08 %s: volume %s is a directory of the node", [workload.label, volume.name])
}
