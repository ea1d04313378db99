# METADATA
# title: Moving tags are pulled each time
# description: >-
#   With IfNotPresent or Never, each node runs the image that a moving tag named when the node first pulled it.
#    Pin the image to a version, or pull always.
# related_resources:
# - ref: https://kubernetes.io/docs/concepts/containers/images/#image-pull-policy
# custom:
#   severity: medium
#   level: warn
#   controls:
#   - reliability/images
package portcullis.images.pull_policy

import rego.v1

import data.portcullis.lib.kubernetes

deny contains message if {
	some container in kubernetes.containers
	regex.match(`^[^@]*(/|^)[^:/@]+(:latest)?$`, container.image)
	container.imagePullPolicy in {"IfNotPresent", "Never"}
	message := sprintf("container %s pulls image %q only where a node has none", [kubernetes.label(container), container.image])
}
