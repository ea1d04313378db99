package portcullis.network.reference_grant_test

import rego.v1

import data.portcullis.network.reference_grant

grant(target) := {"apiVersion": "gateway.networking.k8s.io/v1beta1", "kind": "ReferenceGrant", "metadata": {"name": "edge"}, "spec": {"to": [target]}}

test_every_secret_is_denied if {
	reference_grant.deny == {"ReferenceGrant \"edge\" covers every Secret of its namespace"} with input as grant({"kind": "Secret"})
}

test_named_secrets_and_services_are_accepted if {
	count(reference_grant.deny) == 0 with input as grant({"kind": "Secret", "name": "web-tls"})
	count(reference_grant.deny) == 0 with input as grant({"kind": "Service"})
}

test_other_kinds_are_not_judged if {
	every other in [{"apiVersion": "example.com/v1"}, {"kind": "Grant"}] {
		count(reference_grant.deny) == 0 with input as object.union(grant({"kind": "Secret"}), other)
	}
}
