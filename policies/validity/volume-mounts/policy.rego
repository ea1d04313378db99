# METADATA
# title: Containers mount only volumes that their pod has
# description: >-
#   The API server refuses a pod with a mount of a volume that the pod does not declare.
#    Declare the volume, or correct the name of the mount.
# related_resources:
# - ref: https://kubernetes.io/docs/concepts/storage/volumes/
# custom:
#   severity: high
#   controls:
#   - reliability/validity
package portcullis.validity.volume_mounts

import rego.v1

import data.portcullis.lib.kubernetes

deny contains message if {
	kubernetes_pod
	some list in ["containers", "initContainers"]
	some container in kubernetes.pod_spec[list]
	some field in ["volumeMounts", "volumeDevices"]
	some mount in container[field]
	not mount.name in volumes

	# portcullis-lint ignore: silent-message a mount without a name is refused by its schema
	message := sprintf("container %s mounts the volume %q, which its pod does not have", [kubernetes.label(container), mount.name])
}

# Custom kinds may add volumes of their own.
kubernetes_pod if input.kind in {"Pod", "PodTemplate", "ReplicationController"}

kubernetes_pod if {
	input.kind in {"Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job", "CronJob"}
	input.apiVersion in {"apps/v1", "batch/v1"}
}

volumes contains volume.name if some volume in kubernetes.pod_spec.volumes

volumes contains claim.metadata.name if {
	input.kind == "StatefulSet"
	some claim in input.spec.volumeClaimTemplates
}
