package portcullis.secrets.credentials_test

import rego.v1

import data.portcullis.secrets.credentials

# Put together here, so that no scanner takes a test for a leak.
token := concat("_", ["ghp", "Q3EGWMTP5LNZVB6Jq8rVtKx2yHd4sUa7oPf9"])

object_of(kind, spec) := {"apiVersion": "v1", "kind": kind, "metadata": {"name": "web"}, "spec": spec}

test_credentials_anywhere_are_one_finding if {
	spec := {"deep": [{"a": token}, {"b": "postgres://app:hunter2@db/app"}, {"c": token}]}
	credentials.deny == {{"msg": "ConfigMap \"web\" holds a GitHub token, a password in an address", "details": {"path": ["spec", "deep", 0, "a"]}}} with input as object_of("ConfigMap", spec)
}

test_a_message_never_holds_the_value if {
	some result in credentials.deny with input as object_of("ConfigMap", {"a": token})
	not contains(result.msg, token)
}

test_objects_without_credentials_are_accepted if {
	count(credentials.deny) == 0 with input as object_of("ConfigMap", {"a": "ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "b": 1, "c": "postgres://app:${PASSWORD}@db/app"})
}

test_what_only_the_quotes_of_json_make_an_address_is_accepted if {
	count(credentials.deny) == 0 with input as object_of("ConfigMap", {"http://a": "b", "c": "d:eee@f"})
}

test_secrets_have_a_policy_of_their_own if {
	every kind in ["Secret", "SealedSecret", "CustomResourceDefinition"] {
		count(credentials.deny) == 0 with input as object_of(kind, {"a": token})
	}
}

key_id := concat("", ["AKIA", "Q3EGWMTP5LNZVB6J"])

test_the_id_of_a_key_whose_secret_part_is_elsewhere_is_accepted if {
	every field, reference in {"accessKeyID": "secretAccessKeySecretRef", "access_key_id": "secretAccessKeyRef"} {
		count(credentials.deny) == 0 with input as object_of("Issuer", {"route53": {field: key_id, reference: {"name": "aws"}}})
	}
	count(credentials.deny) == 1 with input as object_of("Issuer", {"route53": {"accessKeyID": key_id}})
	count(credentials.deny) == 1 with input as object_of("Issuer", {"route53": {"accessKeyID": key_id, "secretAccessKeySecretRef": "hunter2"}})
	count(credentials.deny) == 1 with input as object_of("Issuer", {"route53": {"key": key_id, "secretAccessKeySecretRef": {"name": "aws"}}})
	count(credentials.deny) == 1 with input as object_of("Issuer", {"route53": {"accessKeyID": token, "secretAccessKeySecretRef": {"name": "aws"}}})
}
