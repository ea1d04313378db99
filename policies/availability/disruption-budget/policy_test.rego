package portcullis.availability.disruption_budget_test

import rego.v1

import data.portcullis.availability.disruption_budget

budget(spec) := {"apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": {"name": "web"}, "spec": spec}

test_a_budget_of_nothing_is_denied if {
	every spec in [{"maxUnavailable": 0}, {"maxUnavailable": "0"}, {"maxUnavailable": "0%"}, {"minAvailable": "100%"}] {
		disruption_budget.deny == {"PodDisruptionBudget \"web\" lets no pod go"} with input as budget(spec)
		every other in [{"apiVersion": "example.com/v1"}, {"kind": "Budget"}] {
			count(disruption_budget.deny) == 0 with input as object.union(budget(spec), other)
		}
	}
}

test_a_budget_that_lets_go_is_accepted if {
	every spec in [{"maxUnavailable": 1}, {"minAvailable": 1}, {"minAvailable": "50%"}, {}] {
		count(disruption_budget.deny) == 0 with input as budget(spec)
	}
}
