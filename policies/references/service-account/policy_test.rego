package portcullis.references.service_account_test

import rego.v1

import data.portcullis.references.service_account

workload(kind, name) := {"apiVersion": "apps/v1", "kind": kind, "metadata": {"name": "web", "namespace": "shop"}, "spec": {"template": {"spec": {"serviceAccountName": name}}}}

inventory := {"namespace": {"shop": {"v1": {"ServiceAccount": {"web": {}}}}}}

test_a_missing_account_is_denied if {
	every kind in ["Deployment", "StatefulSet", "DaemonSet", "Rollout", "Job"] {
		service_account.deny == {sprintf("%s \"web\" uses ServiceAccount \"api\", which does not exist", [kind])} with input as workload(kind, "api") with data.portcullis.inventory as inventory
	}
	count(service_account.deny) == 1 with input as {"kind": "Pod", "metadata": {"namespace": "shop"}, "spec": {"serviceAccountName": "api"}} with data.portcullis.inventory as inventory
	count(service_account.deny) == 1 with input as {"kind": "CronJob", "metadata": {"namespace": "shop"}, "spec": {"jobTemplate": {"spec": {"template": {"spec": {"serviceAccountName": "api"}}}}}} with data.portcullis.inventory as inventory
}

test_existing_and_unknown_accounts_are_accepted if {
	every name in ["web", "default", ""] {
		count(service_account.deny) == 0 with input as workload("Deployment", name) with data.portcullis.inventory as inventory
	}
	count(service_account.deny) == 0 with input as workload("Deployment", "api") with data.portcullis.inventory as {"namespace": {}}
	count(service_account.deny) == 0 with input as workload("Other", "api") with data.portcullis.inventory as inventory
	chart := {"namespace": {"shop": {"helm.toolkit.fluxcd.io/v2": {"HelmRelease": {"api": {"metadata": {"name": "api"}, "spec": {}}}}}}}
	count(service_account.deny) == 0 with input as workload("Deployment", "api") with data.portcullis.inventory as object.union(inventory, chart)
}

test_accounts_of_operators_are_accepted if {
	made := object.union(inventory, {"namespace": {"shop": {"example.com/v1": {"Runner": {"api": {}}}}}})
	count(service_account.deny) == 0 with input as workload("Deployment", "api-runner") with data.portcullis.inventory as made
}
