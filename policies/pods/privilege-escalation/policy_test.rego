package portcullis.pods.privilege_escalation_test

import rego.v1

import data.portcullis.pods.privilege_escalation

with_context(context) := {"kind": "Pod", "spec": {"containers": [{"name": "web", "securityContext": context}]}}

test_absent_is_denied if {
	count(privilege_escalation.deny) == 1 with input as with_context({})
}

test_true_is_denied if {
	count(privilege_escalation.deny) == 1 with input as with_context({"allowPrivilegeEscalation": true})
}

test_false_is_accepted if {
	count(privilege_escalation.deny) == 0 with input as with_context({"allowPrivilegeEscalation": false})
}

test_windows_pods_are_accepted if {
	spec := {"os": {"name": "windows"}, "containers": [{"name": "web"}]}
	count(privilege_escalation.deny) == 0 with input as {"kind": "Pod", "spec": spec}
}

test_the_standard_has_it_since_1_8 if {
	count(privilege_escalation.deny) == 0 with input as with_context({}) with data.portcullis.kubernetes as "1.7"
}

test_the_standard_has_it_since_1_8 if {
	count(privilege_escalation.deny) == 0 with input as with_context({}) with data.portcullis.kubernetes as "1.7"
}
