package portcullis.admission.ignored_failures_test

import rego.v1

import data.portcullis.admission.ignored_failures

configured(policy) := {"apiVersion": "admissionregistration.k8s.io/v1", "kind": "ValidatingWebhookConfiguration", "metadata": {"name": "policies"}, "webhooks": [{"name": "pods.example.com", "failurePolicy": policy}]}

test_ignore_is_reported if {
	ignored_failures.deny == {"ValidatingWebhookConfiguration \"pods.example.com\" lets everything through while it fails"} with input as configured("Ignore")
}

test_fail_is_accepted if {
	count(ignored_failures.deny) == 0 with input as configured("Fail")
}

test_admission_policies_are_judged_too if {
	ignored_failures.deny == {"ValidatingAdmissionPolicy \"p\" lets everything through while it fails"} with input as {"apiVersion": "admissionregistration.k8s.io/v1", "kind": "ValidatingAdmissionPolicy", "metadata": {"name": "p"}, "spec": {"failurePolicy": "Ignore"}}
}
