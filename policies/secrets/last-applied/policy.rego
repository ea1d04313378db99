# METADATA
# title: Secrets carry no copy of themselves
# description: >-
#   The annotation in which kubectl keeps what it applied holds the values of a Secret, in plain text, also where the
#   data is encrypted.
#    Remove the annotation.
# related_resources:
# - ref: https://kubernetes.io/docs/tasks/manage-kubernetes-objects/declarative-config/
# custom:
#   severity: high
#   controls:
#   - CIS-Kubernetes/5.4.2
#   - NSA/secrets
#   fix:
#     in: object
#     remove:
#     - /metadata/annotations/kubectl.kubernetes.io~1last-applied-configuration
package portcullis.secrets.last_applied

import rego.v1

import data.portcullis.lib.kubernetes

deny contains message if {
	input.kind == "Secret"
	some field in ["data", "stringData"]
	text := input.metadata.annotations["kubectl.kubernetes.io/last-applied-configuration"]
	count(json.unmarshal(text)[field]) > 0
	message := sprintf("Secret %q carries a copy of its values in an annotation", [kubernetes.name])
}
