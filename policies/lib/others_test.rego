package portcullis.lib.others_test

import rego.v1

import data.portcullis.lib.others

labels := {"app": "web", "tier": "front"}

workload := {"metadata": {"name": "web"}, "spec": {"template": {"metadata": {"labels": labels}, "spec": {"containers": []}}}}

pod := {"metadata": {"name": "web", "labels": labels}, "spec": {"containers": []}}

inventory := {"namespace": {"shop": {
	"apps/v1": {"Deployment": {"web": workload}, "StatefulSet": {"web": workload}, "DaemonSet": {"web": workload}, "ReplicaSet": {"web": workload}},
	"apps.kruise.io/v1alpha1": {"CloneSet": {"web": workload}},
	"apps.openshift.io/v1": {"DeploymentConfig": {"web": workload}},
	"argoproj.io/v1alpha1": {"Rollout": {"web": workload}},
	"batch/v1": {"Job": {"web": workload}},
	"v1": {"Pod": {"web": pod}, "Service": {"web": {"spec": {}}}},
}}}

kinds := {"Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "CloneSet", "DeploymentConfig", "Rollout", "Job", "Pod"}

shop := {"metadata": {"namespace": "shop"}}

test_workloads_of_the_namespace_are_found if {
	found := others.workloads with input as shop with data.portcullis.inventory as inventory
	{one.kind | some one in found} == kinds
	every one in found {
		one.labels == labels
		one.pod == {"containers": []}
		one.several == false
	}
	count(others.workloads) == 0 with input as {"metadata": {"namespace": "other"}} with data.portcullis.inventory as inventory
}

test_workloads_that_differ_between_overlays_are_marked if {
	several := {"namespace": {"shop": {group: {kind: {"web": true} | some kind, _ in found} | some group, found in inventory.namespace.shop}}}
	found := others.workloads with input as shop with data.portcullis.inventory as object.union(inventory, {"several": several})
	{one.kind | some one in found; one.several} == kinds
}

test_without_a_namespace_it_is_default if {
	others.namespace == "default" with input as {"metadata": {}}
	not others.known with input as {"metadata": {}} with data.portcullis.inventory as inventory
}

test_a_selector_selects_by_all_of_its_pairs if {
	others.selects({"app": "web"}, labels)
	not others.selects({"app": "web", "tier": "back"}, labels)
	not others.selects({"app": "web", "zone": "a"}, labels)
	not others.selects({}, labels)
	count(others.selected({"app": "web"})) == count(kinds) with input as shop with data.portcullis.inventory as inventory
	count(others.selected({"app": "api"})) == 0 with input as shop with data.portcullis.inventory as inventory
}

test_pods_without_labels_have_none if {
	others.labels_of({"spec": {"template": {"metadata": {}}}}) == {}
}

application(kind, spec) := {"argocd": {"argoproj.io/v1alpha1": {kind: {"a": {"metadata": {"name": "a"}, "spec": spec}}}}}

test_charts_may_bring_more if {
	others.known with input as shop with data.portcullis.inventory as inventory
	every charts in [
		{"shop": {"helm.toolkit.fluxcd.io/v2": {"HelmRelease": {"a": {"metadata": {"name": "a"}, "spec": {}}}}}},
		{"flux-system": {"helm.toolkit.fluxcd.io/v2": {"HelmRelease": {"a": {"metadata": {"name": "a"}, "spec": {"targetNamespace": "shop"}}}}}},
		{"kube-system": {"helm.cattle.io/v1": {"HelmChart": {"a": {"metadata": {"name": "a"}, "spec": {"targetNamespace": "shop"}}}}}},
		{"shop": {"kfdef.apps.kubeflow.org/v1": {"KfDef": {"a": {"metadata": {"name": "a"}, "spec": {}}}}}},
		application("Application", {"destination": {"namespace": "shop"}}),
		application("ApplicationSet", {"template": {"spec": {"destination": {"namespace": "shop"}}}}),
	] {
		not others.known with input as shop with data.portcullis.inventory as {"namespace": charts}
		others.charts == {"a"} with input as shop with data.portcullis.inventory as {"namespace": charts}
		others.known with input as {"metadata": {"namespace": "other"}} with data.portcullis.inventory as {"namespace": charts}
	}
	every spec in [{"destination": {"namespace": "{{.path.basename}}"}}, {}] {
		not others.known with input as shop with data.portcullis.inventory as {"namespace": application("ApplicationSet", {"template": {"spec": spec}})}
	}
}

test_services_are_known_by_name if {
	others.services == {"web": {"spec": {}}} with input as shop with data.portcullis.inventory as inventory
}

test_operators_name_what_they_make_after_their_object if {
	made := {"namespace": {"shop": {"example.com/v1": {"Database": {"orders": {}}}, "networking.k8s.io/v1": {"Ingress": {"web": {}}}, "apps/v1": {"Deployment": {"api": {}}}}}}
	others.is_made("orders-rw") with input as shop with data.portcullis.inventory as made
	every name in ["web-tls", "api", "other"] {
		not others.is_made(name) with input as shop with data.portcullis.inventory as made
	}
}
