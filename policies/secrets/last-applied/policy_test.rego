package portcullis.secrets.last_applied_test

import rego.v1

import data.portcullis.secrets.last_applied

secret(text) := {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "db", "annotations": {"kubectl.kubernetes.io/last-applied-configuration": text}}}

test_a_copy_of_the_values_is_denied if {
	every field in ["data", "stringData"] {
		last_applied.deny == {"Secret \"db\" carries a copy of its values in an annotation"} with input as secret(json.marshal({field: {"password": "x"}}))
	}
}

test_a_copy_without_values_is_accepted if {
	every text in ["{}", `{"data": {}}`, "not json", `{"metadata": {"name": "db"}}`] {
		count(last_applied.deny) == 0 with input as secret(text)
	}
}

test_other_kinds_are_not_judged if {
	count(last_applied.deny) == 0 with input as object.union(secret(`{"data": {"a": "x"}}`), {"kind": "ConfigMap"})
}
