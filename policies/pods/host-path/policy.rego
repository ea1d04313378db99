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
package portcullis.pods.host_path

import rego.v1

import data.portcullis.lib.kubernetes

deny contains message if {
	some volume in kubernetes.pod_spec.volumes
	volume.hostPath
	message := sprintf("volume %q mounts %q of the node", [volume.name, volume.hostPath.path])
}
