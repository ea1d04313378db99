# METADATA
# title: Images have a valid name
# description: >-
#   The kubelet cannot pull an image with capitals in its path, spaces, an empty tag or a digest of the wrong length.
# related_resources:
# - ref: https://kubernetes.io/docs/concepts/containers/images/#image-names
# custom:
#   severity: high
#   controls:
#   - reliability/validity
package portcullis.images.reference

import rego.v1

import data.portcullis.lib.kubernetes

deny contains message if {
	some container in kubernetes.containers
	is_string(container.image)
	not kubernetes.is_template(container.image)
	not regex.match(reference, container.image)
	message := sprintf("container %s uses image %q, which is not a valid name", [kubernetes.label(container), container.image])
}

reference := concat("", [
	`^(?:(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9a-fA-F:]+\])(?::[0-9]+)?/)?`,
	`[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*`,
	`(?::[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(?:@[a-z0-9]+:[0-9a-f]{64,128})?$`,
])
