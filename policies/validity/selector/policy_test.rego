package portcullis.validity.selector_test

import rego.v1

import data.portcullis.validity.selector

workload(selector, metadata) := {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"}, "spec": {"selector": {"matchLabels": selector}, "template": {"metadata": metadata}}}

test_a_missing_label_is_denied if {
	selector.deny == {"Deployment \"web\" selects app=web, and its own pods do not have this label"} with input as workload({"app": "web"}, {})
	count(selector.deny) == 1 with input as workload({"app": "web", "tier": "front"}, {"labels": {"app": "web"}})
}

test_another_value_is_denied if {
	count(selector.deny) == 1 with input as workload({"app": "web"}, {"labels": {"app": "api"}})
}

test_more_labels_than_selected_are_accepted if {
	count(selector.deny) == 0 with input as workload({"app": "web"}, {"labels": {"app": "web", "tier": "front"}})
}

test_each_kind_of_workload_is_judged if {
	every kind in ["StatefulSet", "DaemonSet", "ReplicaSet"] {
		count(selector.deny) == 1 with input as object.union(workload({"app": "web"}, {}), {"kind": kind})
	}
}

test_other_kinds_are_not if {
	count(selector.deny) == 0 with input as object.union(workload({"app": "web"}, {}), {"apiVersion": "apps.kruise.io/v1alpha1"})
	count(selector.deny) == 0 with input as object.union(workload({"app": "web"}, {}), {"kind": "ControllerRevision"})
}
