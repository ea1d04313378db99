package portcullis.validity.disruption_budget_test

import rego.v1

import data.portcullis.validity.disruption_budget

budget(spec) := {"apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": {"name": "web"}, "spec": spec}

test_both_limits_are_denied if {
	disruption_budget.deny == {"PodDisruptionBudget \"web\" sets minAvailable and maxUnavailable"} with input as budget({"minAvailable": 1, "maxUnavailable": 0})
}

test_one_limit_is_accepted if {
	count(disruption_budget.deny) == 0 with input as budget({"minAvailable": 1})
	count(disruption_budget.deny) == 0 with input as budget({"maxUnavailable": 1})
}

test_other_kinds_are_not_judged if {
	count(disruption_budget.deny) == 0 with input as object.union(budget({"minAvailable": 1, "maxUnavailable": 0}), {"kind": "Budget"})
}
