# METADATA
# title: Volumes are of a type that pods may use freely
# description: >-
#   Volumes that name a server or a disk bypass the storage that a cluster offers and its quotas. Use a
#   PersistentVolumeClaim.
# related_resources:
# - ref: https://kubernetes.io/docs/concepts/security/pod-security-standards/
# custom:
#   severity: medium
#   level: warn
#   controls:
#   - PSS-restricted/volume-types
package portcullis.pods.volume_types

import rego.v1

import data.portcullis.lib.kubernetes

allowed := {
	"configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "image",
	"persistentVolumeClaim", "projected", "secret",
}

# hostPath is that of pods/host-path.
deny contains message if {
	some pod in kubernetes.pod_specs
	some volume in pod.volumes
	types := {type |
		some type, source in volume
		type != "name"
		source != null
	}
	count(types & allowed) == 0
	some type in (types - {"hostPath"})
	message := sprintf("volume %q is of type %s", [object.get(volume, "name", ""), type])
}
