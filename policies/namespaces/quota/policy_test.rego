package portcullis.namespaces.quota_test

import rego.v1

import data.portcullis.namespaces.quota

namespace(name) := {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}

inventory(kind, more) := {"namespace": {"shop": object.union({"apps/v1": {kind: {"web": {}}}}, more), "kube-system": {"apps/v1": {"Deployment": {"dns": {}}}}}}

test_a_namespace_without_a_quota_is_denied if {
	every kind in ["Deployment", "StatefulSet"] {
		quota.deny == {"namespace \"shop\" has no ResourceQuota"} with input as namespace("shop") with data.portcullis.inventory as inventory(kind, {})
	}
}

test_others_are_accepted if {
	count(quota.deny) == 0 with input as namespace("shop") with data.portcullis.inventory as inventory("Deployment", {"v1": {"ResourceQuota": {"all": {}}}})
	count(quota.deny) == 0 with input as namespace("other") with data.portcullis.inventory as inventory("Deployment", {})
	count(quota.deny) == 0 with input as namespace("kube-system") with data.portcullis.inventory as inventory("Deployment", {})
	every other in [{"apiVersion": "example.com/v1"}, {"kind": "Other"}] {
		count(quota.deny) == 0 with input as object.union(namespace("shop"), other) with data.portcullis.inventory as inventory("Deployment", {})
	}
}
