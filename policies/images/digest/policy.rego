# METADATA
# title: Images are pinned by digest
# description: >-
#   A tag can be moved to another image. A digest cannot.
# related_resources:
# - ref: https://kubernetes.io/docs/concepts/containers/images/#image-names
# custom:
#   severity: low
#   level: info
#   controls:
#   - SLSA/provenance
package portcullis.images.digest

import rego.v1

import data.portcullis.lib.kubernetes

deny contains message if {
	some container in kubernetes.containers
	is_string(container.image)
	not kubernetes.is_template(container.image)
	not contains(container.image, "@sha256:")
	message := sprintf("container %s uses image %q, which has no digest", [kubernetes.label(container), container.image])
}
