# METADATA
# title: Pods do not mount directories of their node
# description: >-
#   A hostPath volume reads or writes files of the node, past every isolation.
#   Use a persistent volume, a ConfigMap, or an emptyDir.
# related_resources:
# - ref: https://kubernetes.io/docs/concepts/security/pod-security-standards/
# custom:
#   severity: high
#   controls:
#   - PSS-baseline/host-path-volumes
#   - CIS-Kubernetes/5.2.12
#   - NSA/pod-security
package portcullis.pods.host_path

import rego.v1

import data.portcullis.lib.kubernetes

deny contains message if {
	some pod in kubernetes.pod_specs
	some volume in pod.volumes
	is_object(volume.hostPath)
	message := sprintf("volume %q mounts %q of the node", [object.get(volume, "name", ""), object.get(volume.hostPath, "path", "")])
}

deny contains message if {
	input.kind == "PersistentVolume"

	# portcullis-lint ignore: silent-message a volume without a path is refused by its schema
	path := input.spec.hostPath.path
	message := sprintf("PersistentVolume %q is directory %q of the node that a pod runs on", [kubernetes.name, path])
}
