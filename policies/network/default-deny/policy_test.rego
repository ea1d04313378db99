package portcullis.network.default_deny_test

import rego.v1

import data.portcullis.network.default_deny

namespace(name) := {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}

inventory(kind, more) := {"namespace": {"shop": object.union({"apps/v1": {kind: {"web": {}}}}, more), "kube-system": {"apps/v1": {"Deployment": {"dns": {}}}}}}

policy(spec) := {"networking.k8s.io/v1": {"NetworkPolicy": {"all": {"spec": spec}}}}

test_a_namespace_without_a_policy_for_all_is_denied if {
	every kind in ["Deployment", "StatefulSet"] {
		default_deny.deny == {"no NetworkPolicy covers all pods of namespace \"shop\""} with input as namespace("shop") with data.portcullis.inventory as inventory(kind, {})
	}
	every spec in [{"podSelector": {"matchLabels": {"app": "web"}}}, {"podSelector": {}, "policyTypes": ["Egress"]}] {
		count(default_deny.deny) == 1 with input as namespace("shop") with data.portcullis.inventory as inventory("Deployment", policy(spec))
	}
	count(default_deny.deny) == 1 with input as namespace("shop") with data.portcullis.inventory as inventory("Deployment", {"cilium.io/v2": {"CiliumNetworkPolicy": {"a": {"spec": {"endpointSelector": {"matchLabels": {}}}}}}})
}

test_a_policy_for_all_is_accepted if {
	every more in [policy({"podSelector": {}}), policy({"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}), {"cilium.io/v2": {"CiliumNetworkPolicy": {"a": {"spec": {"endpointSelector": {}}}}}}] {
		count(default_deny.deny) == 0 with input as namespace("shop") with data.portcullis.inventory as inventory("Deployment", more)
	}
}

test_empty_and_system_namespaces_are_accepted if {
	count(default_deny.deny) == 0 with input as namespace("other") with data.portcullis.inventory as inventory("Deployment", {})
	count(default_deny.deny) == 0 with input as namespace("kube-system") with data.portcullis.inventory as inventory("Deployment", {})
	every other in [{"apiVersion": "example.com/v1"}, {"kind": "Other"}] {
		count(default_deny.deny) == 0 with input as object.union(namespace("shop"), other) with data.portcullis.inventory as inventory("Deployment", {})
	}
}

test_policies_for_the_whole_cluster_are_accepted if {
	every kind in ["AdminNetworkPolicy", "BaselineAdminNetworkPolicy", "CiliumClusterwideNetworkPolicy", "GlobalNetworkPolicy"] {
		both := object.union(inventory("Deployment", {}), {"cluster": {"example.com/v1": {kind: {"all": {}}}}})
		count(default_deny.deny) == 0 with input as namespace("shop") with data.portcullis.inventory as both
	}
}
