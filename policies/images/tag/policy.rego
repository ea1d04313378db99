# METADATA
# title: Images are pinned to a version
# description: >-
#   An image without a tag, or with the tag latest, changes without a commit.
#   Name a version, or better a digest.
# related_resources:
# - ref: https://kubernetes.io/docs/concepts/containers/images/
# custom:
#   severity: high
#   controls:
#   - CIS-Kubernetes/5.5.1
package portcullis.images.tag

import rego.v1

import data.portcullis.lib.kubernetes

deny contains message if {
	some container in kubernetes.containers
	not pinned(container.image)
	not kubernetes.is_template(container.image)

	# portcullis-lint ignore: silent-message without an image there is nothing to pin
	message := sprintf("container %s uses image %q, which is not pinned to a version", [kubernetes.label(container), container.image])
}

pinned(image) if contains(image, "@sha256:")

pinned(image) if {
	tag := tag_of(image)
	tag != "latest"
}

# The last part of the path holds the tag; a colon before it belongs to the registry's port.
tag_of(image) := tag if {
	parts := split(image, "/")
	[_, tag] := split(parts[count(parts) - 1], ":")
	tag != ""
}
