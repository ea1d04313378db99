package portcullis.references.autoscaled_replicas_test

import rego.v1

import data.portcullis.references.autoscaled_replicas

scaler(kind, name) := {"apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler", "metadata": {"name": "web", "namespace": "shop"}, "spec": {"scaleTargetRef": {"kind": kind, "name": name}}}

inventory(spec) := {"namespace": {"shop": {"apps/v1": {"Deployment": {"web": {"metadata": {"name": "web"}, "spec": object.union({"template": {"metadata": {}, "spec": {}}}, spec)}}}}}}

test_replicas_in_git_are_denied if {
	autoscaled_replicas.deny == {"HorizontalPodAutoscaler \"web\" scales Deployment \"web\", which sets replicas itself"} with input as scaler("Deployment", "web") with data.portcullis.inventory as inventory({"replicas": 3})
}

test_others_are_accepted if {
	count(autoscaled_replicas.deny) == 0 with input as scaler("Deployment", "web") with data.portcullis.inventory as inventory({})
	count(autoscaled_replicas.deny) == 0 with input as scaler("Deployment", "web") with data.portcullis.inventory as inventory({"replicas": 0})
	count(autoscaled_replicas.deny) == 0 with input as scaler("Deployment", "api") with data.portcullis.inventory as inventory({"replicas": 3})
	count(autoscaled_replicas.deny) == 0 with input as scaler("StatefulSet", "web") with data.portcullis.inventory as inventory({"replicas": 3})
	count(autoscaled_replicas.deny) == 0 with input as object.union(scaler("Deployment", "web"), {"kind": "ScaledObject"}) with data.portcullis.inventory as inventory({"replicas": 3})
}

test_differences_that_argo_cd_ignores_are_accepted if {
	every ignored in [{"jsonPointers": ["/spec/replicas"]}, {"jqPathExpressions": [".spec.replicas"]}] {
		application := {"namespace": {"argocd": {"argoproj.io/v1alpha1": {"Application": {"shop": {"spec": {"ignoreDifferences": [ignored]}}}}}}}
		count(autoscaled_replicas.deny) == 0 with input as scaler("Deployment", "web") with data.portcullis.inventory as object.union(inventory({"replicas": 3}), application)
	}
	application := {"namespace": {"argocd": {"argoproj.io/v1alpha1": {"Application": {"shop": {"spec": {"ignoreDifferences": [{"jsonPointers": ["/data"]}]}}}}}}}
	count(autoscaled_replicas.deny) == 1 with input as scaler("Deployment", "web") with data.portcullis.inventory as object.union(inventory({"replicas": 3}), application)
}

test_what_differs_between_overlays_is_accepted if {
	every several in [{"apps/v1": {"Deployment": {"web": true}}}, {"autoscaling/v2": {"HorizontalPodAutoscaler": {"web": true}}}] {
		both := object.union(inventory({"replicas": 3}), {"several": {"namespace": {"shop": several}}})
		count(autoscaled_replicas.deny) == 0 with input as scaler("Deployment", "web") with data.portcullis.inventory as both
	}
}
