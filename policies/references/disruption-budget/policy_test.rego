package portcullis.references.disruption_budget_test

import rego.v1

import data.portcullis.references.disruption_budget

budget(spec) := {"apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": {"name": "web", "namespace": "shop"}, "spec": object.union({"selector": {"matchLabels": {"app": "web"}}}, spec)}

workload(spec) := {"metadata": {"name": "web"}, "spec": object.union({"template": {"metadata": {"labels": {"app": "web"}}, "spec": {}}}, spec)}

inventory(kind, spec) := {"namespace": {"shop": {"apps/v1": {kind: {"web": workload(spec)}}}}}

test_a_budget_as_large_as_the_workload_is_denied if {
	every kind in ["Deployment", "StatefulSet"] {
		disruption_budget.deny == {sprintf("PodDisruptionBudget \"web\" lets no pod go: %s \"web\" runs 2", [kind])} with input as budget({"minAvailable": 2}) with data.portcullis.inventory as inventory(kind, {"replicas": 2})
	}
	count(disruption_budget.deny) == 1 with input as budget({"minAvailable": 1}) with data.portcullis.inventory as inventory("Deployment", {})
}

test_smaller_budgets_are_accepted if {
	every spec in [{"minAvailable": 1}, {"maxUnavailable": 1}, {"minAvailable": "50%"}] {
		count(disruption_budget.deny) == 0 with input as budget(spec) with data.portcullis.inventory as inventory("Deployment", {"replicas": 2})
	}
	count(disruption_budget.deny) == 0 with input as budget({"minAvailable": 1}) with data.portcullis.inventory as inventory("Deployment", {"replicas": 0})
	count(disruption_budget.deny) == 0 with input as budget({"minAvailable": 1}) with data.portcullis.inventory as inventory("DaemonSet", {})
}

test_autoscaled_workloads_are_accepted if {
	every scaler in [
		{"HorizontalPodAutoscaler": {"web": {"spec": {"scaleTargetRef": {"kind": "Deployment", "name": "web"}}}}},
		{"ScaledObject": {"web": {"spec": {"scaleTargetRef": {"name": "web"}}}}},
	] {
		both := object.union(inventory("Deployment", {}), {"namespace": {"shop": {"autoscaling/v2": scaler}}})
		count(disruption_budget.deny) == 0 with input as budget({"minAvailable": 1}) with data.portcullis.inventory as both
	}
	every scaler in [
		{"HorizontalPodAutoscaler": {"web": {"spec": {"scaleTargetRef": {"kind": "StatefulSet", "name": "web"}}}}},
		{"HorizontalPodAutoscaler": {"web": {"spec": {"scaleTargetRef": {"kind": "Deployment", "name": "api"}}}}},
		{"ScaledObject": {"web": {"spec": {"scaleTargetRef": {"name": "api"}}}}},
	] {
		both := object.union(inventory("Deployment", {}), {"namespace": {"shop": {"autoscaling/v2": scaler}}})
		count(disruption_budget.deny) == 1 with input as budget({"minAvailable": 1}) with data.portcullis.inventory as both
	}
}

test_several_workloads_are_not_added_up if {
	two := object.union(inventory("Deployment", {}), inventory("StatefulSet", {}))
	count(disruption_budget.deny) == 0 with input as budget({"minAvailable": 1}) with data.portcullis.inventory as object.union(two, {"namespace": {"shop": {"apps/v1": {"StatefulSet": {"web": workload({})}}}}})
}

test_other_kinds_are_not_judged if {
	every other in [{"apiVersion": "example.com/v1"}, {"kind": "Other"}] {
		count(disruption_budget.deny) == 0 with input as object.union(budget({"minAvailable": 1}), other) with data.portcullis.inventory as inventory("Deployment", {})
	}
}

test_what_differs_between_overlays_is_accepted if {
	every several in [{"apps/v1": {"Deployment": {"web": true}}}, {"policy/v1": {"PodDisruptionBudget": {"web": true}}}] {
		both := object.union(inventory("Deployment", {}), {"several": {"namespace": {"shop": several}}})
		count(disruption_budget.deny) == 0 with input as budget({"minAvailable": 1}) with data.portcullis.inventory as both
	}
}

test_expressions_are_not_judged if {
	expressions := {"selector": {"matchExpressions": [{"key": "canary", "operator": "DoesNotExist"}]}, "minAvailable": 1}
	count(disruption_budget.deny) == 0 with input as budget(expressions) with data.portcullis.inventory as inventory("Deployment", {})
}
