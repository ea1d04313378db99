# METADATA
# title: Names are unique within a pod
# description: >-
#   The API server refuses a pod in which two containers, two volumes or two named ports of one container have the
#   same name.
#    Rename one of them.
# related_resources:
# - ref: https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/
# custom:
#   severity: high
#   controls:
#   - reliability/validity
package portcullis.validity.repeated_names

import rego.v1

import data.portcullis.lib.kubernetes

deny contains message if {
	some pod in kubernetes.pod_specs
	some list in ["initContainers", "containers"]
	some i, container in pod[list]
	container.name in container_names_before(pod, list, i)
	message := sprintf("two containers are named %q", [container.name])
}

deny contains message if {
	some pod in kubernetes.pod_specs
	some i, volume in pod.volumes
	volume.name in names_before(pod.volumes, i)
	message := sprintf("two volumes are named %q", [volume.name])
}

deny contains message if {
	some container in kubernetes.containers
	some i, port in container.ports
	port.name in names_before(container.ports, i)
	message := sprintf("two ports of container %s are named %q", [kubernetes.label(container), port.name])
}

names_before(list, place) := {item.name |
	some i, item in list
	i < place
}

container_names_before(pod, "initContainers", i) := names_before(pod.initContainers, i)

container_names_before(pod, "containers", i) := names_before(pod.containers, i) | {container.name | some container in pod.initContainers}
