package portcullis.rbac.csr_approval_test

import rego.v1

import data.portcullis.rbac.csr_approval

role(rules) := {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": {"name": "ci"}, "rules": rules}

granted := {"apiGroups": ["certificates.k8s.io"], "resources": ["certificatesigningrequests/approval"], "verbs": ["update"]}

test_the_grant_is_reported if {
	csr_approval.deny == {"ClusterRole \"ci\" grants update on certificatesigningrequests/approval"} with input as role([granted])
}

test_a_wildcard_verb_grants_it_too if {
	csr_approval.deny == {"ClusterRole \"ci\" grants * on certificatesigningrequests/approval"} with input as role([object.union(granted, {"verbs": ["*"]})])
}

test_each_resource_and_verb_counts if {
	every resource in {"certificatesigningrequests/approval", "certificatesigningrequests/status"} {
		every verb in {"update", "patch"} {
			every group in {"certificates.k8s.io"} {
				count(csr_approval.deny) == 1 with input as role([{"apiGroups": [group], "resources": [resource], "verbs": [verb]}])
			}
		}
	}
}

test_other_verbs_resources_and_groups_are_accepted if {
	every rule in [
		object.union(granted, {"verbs": ["deletecollection"]}),
		object.union(granted, {"resources": ["configmaps"]}),
		object.union(granted, {"apiGroups": ["example.com"]}),
	] {
		count(csr_approval.deny) == 0 with input as role([rule])
	}
}
