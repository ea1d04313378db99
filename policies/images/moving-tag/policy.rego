# METADATA
# title: Images follow no branch
# description: >-
#   Tags such as main, edge or nightly name another image every day.
#    Name a version or a digest.
# related_resources:
# - ref: https://kubernetes.io/docs/concepts/containers/images/
# custom:
#   severity: medium
#   level: warn
#   controls:
#   - CIS-Kubernetes/5.5.1
#   - SLSA/provenance
package portcullis.images.moving_tag

import rego.v1

import data.portcullis.lib.kubernetes

deny contains message if {
	some container in kubernetes.containers
	regex.match(`:(main|master|develop|dev|edge|nightly|canary|snapshot|unstable|rolling|HEAD)$`, container.image)
	message := sprintf("container %s uses image %q, whose tag moves", [kubernetes.label(container), container.image])
}
