package portcullis.admission.all_resources_test

import rego.v1

import data.portcullis.admission.all_resources

configured(fields) := {"kind": "MutatingWebhookConfiguration", "webhooks": [object.union({"name": "all.example.com", "rules": [{"apiGroups": ["*"], "resources": ["*/*"]}]}, fields)]}

test_all_resources_are_reported if {
	count(all_resources.deny) == 1 with input as configured({})
	count(all_resources.deny) == 1 with input as configured({"failurePolicy": "Fail"})
}

test_narrow_and_harmless_webhooks_are_accepted if {
	every fields in [
		{"failurePolicy": "Ignore"},
		{"namespaceSelector": {"matchLabels": {"team": "a"}}},
		{"rules": [{"apiGroups": ["*"], "resources": ["pods"]}]},
		{"rules": [{"apiGroups": ["apps"], "resources": ["*"]}]},
	] {
		count(all_resources.deny) == 0 with input as configured(fields)
	}
}
