package portcullis.rbac.webhook_configuration_test

import rego.v1

import data.portcullis.rbac.webhook_configuration

role(rules) := {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": {"name": "ci"}, "rules": rules}

granted := {"apiGroups": ["admissionregistration.k8s.io"], "resources": ["validatingwebhookconfigurations"], "verbs": ["create"]}

test_the_grant_is_reported if {
	webhook_configuration.deny == {"ClusterRole \"ci\" grants create on validatingwebhookconfigurations"} with input as role([granted])
}

test_a_wildcard_verb_grants_it_too if {
	webhook_configuration.deny == {"ClusterRole \"ci\" grants * on validatingwebhookconfigurations"} with input as role([object.union(granted, {"verbs": ["*"]})])
}

test_each_resource_and_verb_counts if {
	every resource in {"validatingwebhookconfigurations", "mutatingwebhookconfigurations"} {
		every verb in {"create", "update", "patch", "delete"} {
			every group in {"admissionregistration.k8s.io"} {
				count(webhook_configuration.deny) == 1 with input as role([{"apiGroups": [group], "resources": [resource], "verbs": [verb]}])
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
		count(webhook_configuration.deny) == 0 with input as role([rule])
	}
}

test_named_objects_are_accepted if {
	count(webhook_configuration.deny) == 0 with input as role([object.union(granted, {"resourceNames": ["one"]})])
}
