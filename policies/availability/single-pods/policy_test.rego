package portcullis.availability.single_pods_test

import rego.v1

import data.portcullis.availability.single_pods

object_of(api_version, kind, metadata) := {"apiVersion": api_version, "kind": kind, "metadata": object.union({"name": "web"}, metadata)}

test_pods_by_themselves_are_denied if {
	single_pods.deny == {"Pod \"web\" has no controller"} with input as object_of("v1", "Pod", {})
	count(single_pods.deny) == 1 with input as object_of("v1", "ReplicationController", {})
	count(single_pods.deny) == 1 with input as object_of("apps/v1", "ReplicaSet", {})
}

test_hooks_and_owned_pods_are_accepted if {
	every key in ["helm.sh/hook", "argocd.argoproj.io/hook", "kubernetes.io/config.mirror"] {
		count(single_pods.deny) == 0 with input as object_of("v1", "Pod", {"annotations": {key: "test"}})
	}
	count(single_pods.deny) == 0 with input as object_of("v1", "Pod", {"ownerReferences": [{}]})
	count(single_pods.deny) == 1 with input as object_of("v1", "Pod", {"ownerReferences": []})
}

test_other_kinds_are_not_judged if {
	count(single_pods.deny) == 0 with input as object_of("apps/v1", "Deployment", {})
	count(single_pods.deny) == 0 with input as object_of("example.com/v1", "Pod", {})
}
