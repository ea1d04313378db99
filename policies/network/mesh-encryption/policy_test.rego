package portcullis.network.mesh_encryption_test

import rego.v1

import data.portcullis.network.mesh_encryption

peer(spec) := {"apiVersion": "security.istio.io/v1", "kind": "PeerAuthentication", "metadata": {"name": "default"}, "spec": spec}

test_plain_text_is_denied if {
	every mode in ["DISABLE", "PERMISSIVE"] {
		mesh_encryption.deny == {"PeerAuthentication \"default\" accepts plain text"} with input as peer({"mtls": {"mode": mode}})
		mesh_encryption.deny == {"PeerAuthentication \"default\" accepts plain text on port 8080"} with input as peer({"mtls": {"mode": "STRICT"}, "portLevelMtls": {"8080": {"mode": mode}}})
	}
}

test_strict_is_accepted if {
	count(mesh_encryption.deny) == 0 with input as peer({"mtls": {"mode": "STRICT"}, "portLevelMtls": {"8080": {"mode": "STRICT"}}})
	count(mesh_encryption.deny) == 0 with input as peer({})
}

test_other_kinds_are_not_judged if {
	every other in [{"apiVersion": "example.com/v1"}, {"kind": "Other"}] {
		count(mesh_encryption.deny) == 0 with input as object.union(peer({"mtls": {"mode": "DISABLE"}}), other)
	}
}
