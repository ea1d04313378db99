package portcullis.references.scale_target_test

import rego.v1

import data.portcullis.references.scale_target

scaler(kind, name) := {"apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler", "metadata": {"name": "web", "namespace": "shop"}, "spec": {"scaleTargetRef": {"kind": kind, "name": name}}}

inventory := {"namespace": {"shop": {"apps/v1": {"Deployment": {"web": {"metadata": {"name": "web"}, "spec": {"template": {"metadata": {}, "spec": {}}}}}}}}}

test_a_missing_target_is_denied if {
	scale_target.deny == {"HorizontalPodAutoscaler \"web\" scales Deployment \"api\", which does not exist"} with input as scaler("Deployment", "api") with data.portcullis.inventory as inventory
	count(scale_target.deny) == 1 with input as scaler("StatefulSet", "web") with data.portcullis.inventory as inventory
	count(scale_target.deny) == 1 with input as scaler("Rollout", "web") with data.portcullis.inventory as inventory
}

test_existing_and_unknown_targets_are_accepted if {
	count(scale_target.deny) == 0 with input as scaler("Deployment", "web") with data.portcullis.inventory as inventory
	count(scale_target.deny) == 0 with input as scaler("Knative", "api") with data.portcullis.inventory as inventory
	count(scale_target.deny) == 0 with input as scaler("Deployment", "api") with data.portcullis.inventory as {"namespace": {}}
	chart := {"namespace": {"shop": {"helm.toolkit.fluxcd.io/v2": {"HelmRelease": {"api": {"metadata": {"name": "api"}, "spec": {}}}}}}}
	count(scale_target.deny) == 0 with input as scaler("Deployment", "api") with data.portcullis.inventory as object.union(inventory, chart)
	count(scale_target.deny) == 0 with input as object.union(scaler("Deployment", "api"), {"kind": "ScaledObject"}) with data.portcullis.inventory as inventory
}

test_workloads_of_operators_are_accepted if {
	made := object.union(inventory, {"namespace": {"shop": {"example.com/v1": {"Runner": {"api": {}}}}}})
	count(scale_target.deny) == 0 with input as scaler("Deployment", "api-runner") with data.portcullis.inventory as made
}
