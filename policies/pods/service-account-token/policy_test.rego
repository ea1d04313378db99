package portcullis.pods.service_account_token_test

import rego.v1

import data.portcullis.pods.service_account_token

pod(fields) := {"kind": "Pod", "spec": object.union(fields, {"containers": [{"name": "web"}]})}

test_absent_and_true_are_reported if {
	count(service_account_token.deny) == 1 with input as pod({})
	count(service_account_token.deny) == 1 with input as pod({"automountServiceAccountToken": true})
}

test_false_is_accepted if {
	count(service_account_token.deny) == 0 with input as pod({"automountServiceAccountToken": false})
}

test_what_only_has_the_shape_of_a_pod_cannot_set_it if {
	every kind, spec in {"Task": {"steps": [{"name": "a", "image": "a:1"}]}, "Workflow": {"templates": [{"name": "a", "container": {"image": "a:1"}}]}} {
		count(service_account_token.deny) == 0 with input as {"apiVersion": "example.com/v1", "kind": kind, "spec": spec}
	}
}

test_a_pod_with_a_service_account_of_its_own_is_taken_to_use_it if {
	every field in ["serviceAccountName", "serviceAccount"] {
		count(service_account_token.deny) == 0 with input as pod({field: "reader"})
		count(service_account_token.deny) == 1 with input as pod({field: "default"})
		count(service_account_token.deny) == 1 with input as pod({field: ""})
	}
}
