package portcullis.namespaces.default_namespace_test

import rego.v1

import data.portcullis.namespaces.default_namespace

object_of(kind, name, namespace) := {"apiVersion": "v1", "kind": kind, "metadata": {"name": name, "namespace": namespace}}

test_the_default_namespace_is_denied if {
	every kind in ["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Pod", "Job", "CronJob", "Rollout", "Service", "Ingress", "ConfigMap", "Secret"] {
		{result.msg | some result in default_namespace.deny} == {sprintf("%s \"web\" is in the namespace default", [kind])} with input as object_of(kind, "web", "default")
	}
}

test_others_are_accepted if {
	count(default_namespace.deny) == 0 with input as object_of("Deployment", "web", "shop")
	count(default_namespace.deny) == 0 with input as object_of("RoleBinding", "web", "default")
	count(default_namespace.deny) == 0 with input as object_of("Service", "kubernetes", "default")
	count(default_namespace.deny) == 1 with input as object_of("Deployment", "kubernetes", "default")
	count(default_namespace.deny) == 0 with input as {"kind": "Deployment", "metadata": {"name": "web"}}
}
