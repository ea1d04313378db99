# METADATA
# title: The service mesh encrypts
# description: >-
#   With mutual TLS disabled or optional, pods of the mesh accept plain text from anyone in the cluster.
#    Set the mode STRICT.
# related_resources:
# - ref: https://istio.io/latest/docs/reference/config/security/peer_authentication/
# custom:
#   severity: medium
#   level: warn
#   controls:
#   - NSA/encryption
package portcullis.network.mesh_encryption

import rego.v1

import data.portcullis.lib.kubernetes

deny contains message if {
	peer_authentication
	input.spec.mtls.mode in {"DISABLE", "PERMISSIVE"}
	message := sprintf("PeerAuthentication %q accepts plain text", [kubernetes.name])
}

deny contains message if {
	peer_authentication
	some port, mtls in input.spec.portLevelMtls
	mtls.mode in {"DISABLE", "PERMISSIVE"}
	message := sprintf("PeerAuthentication %q accepts plain text on port %v", [kubernetes.name, port])
}

peer_authentication if {
	input.kind == "PeerAuthentication"
	startswith(input.apiVersion, "security.istio.io/")
}
