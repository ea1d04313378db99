# METADATA
# title: Grants name the Secret that others may use
# description: >-
#   A ReferenceGrant for Secrets without a name lets the other namespace use every Secret of this one.
#    Name the Secret.
# related_resources:
# - ref: https://gateway-api.sigs.k8s.io/api-types/referencegrant/
# custom:
#   severity: medium
#   level: warn
#   controls:
#   - NSA/authorization
package portcullis.network.reference_grant

import rego.v1

import data.portcullis.lib.kubernetes

deny contains message if {
	input.kind == "ReferenceGrant"
	startswith(input.apiVersion, "gateway.networking.k8s.io/")
	some target in input.spec.to
	target.kind == "Secret"
	not target.name
	message := sprintf("ReferenceGrant %q covers every Secret of its namespace", [kubernetes.name])
}
