package portcullis.references.config_map_test

import rego.v1

import data.portcullis.references.config_map

workload(pod) := {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web", "namespace": "shop"}, "spec": {"template": {"spec": pod}}}

inventory := {"namespace": {"shop": {"v1": {"ConfigMap": {"web": {}}}}}}

uses(name, optional) := [
	{"containers": [{"envFrom": [{"configMapRef": {"name": name, "optional": optional}}]}]},
	{"containers": [{"env": [{"valueFrom": {"configMapKeyRef": {"name": name, "optional": optional}}}]}]},
	{"volumes": [{"configMap": {"name": name, "optional": optional}}]},
]

test_a_missing_config_map_is_denied if {
	every pod in uses("api", false) {
		config_map.deny == {"Deployment \"web\" uses ConfigMap \"api\", which does not exist"} with input as workload(pod) with data.portcullis.inventory as inventory
	}
}

test_existing_and_optional_ones_are_accepted if {
	every pod in array.concat(uses("web", false), uses("api", true)) {
		count(config_map.deny) == 0 with input as workload(pod) with data.portcullis.inventory as inventory
	}
	every name in ["kube-root-ca.crt", "istio-ca-root-cert", "linkerd-identity-trust-roots", "openshift-service-ca.crt"] {
		count(config_map.deny) == 0 with input as workload(uses(name, false)[2]) with data.portcullis.inventory as inventory
	}
}

test_what_is_not_known_is_accepted if {
	pod := uses("api", false)[2]
	count(config_map.deny) == 0 with input as workload(pod) with data.portcullis.inventory as {"namespace": {}}
	count(config_map.deny) == 0 with input as object.union(workload(pod), {"kind": "Other"}) with data.portcullis.inventory as inventory
	chart := {"namespace": {"shop": {"helm.toolkit.fluxcd.io/v2": {"HelmRelease": {"api": {"metadata": {"name": "api"}, "spec": {}}}}}}}
	count(config_map.deny) == 0 with input as workload(pod) with data.portcullis.inventory as object.union(inventory, chart)
}

test_each_kind_of_workload_is_judged if {
	every kind in ["StatefulSet", "DaemonSet", "Rollout", "Job"] {
		count(config_map.deny) == 1 with input as object.union(workload(uses("api", false)[2]), {"kind": kind}) with data.portcullis.inventory as inventory
	}
	count(config_map.deny) == 1 with input as {"kind": "Pod", "metadata": {"name": "web", "namespace": "shop"}, "spec": uses("api", false)[2]} with data.portcullis.inventory as inventory
	count(config_map.deny) == 1 with input as {"kind": "CronJob", "metadata": {"name": "web", "namespace": "shop"}, "spec": {"jobTemplate": {"spec": {"template": {"spec": uses("api", false)[2]}}}}} with data.portcullis.inventory as inventory
}

test_config_maps_of_operators_are_accepted if {
	made := object.union(inventory, {"namespace": {"shop": {"example.com/v1": {"Runner": {"api": {}}}}}})
	count(config_map.deny) == 0 with input as workload(uses("api-runner", false)[2]) with data.portcullis.inventory as made
}

test_copies_are_accepted if {
	pod := uses("api", false)[2]
	bundle := {"cluster": {"trust.cert-manager.io/v1alpha1": {"Bundle": {"api": {}}}}}
	count(config_map.deny) == 0 with input as workload(pod) with data.portcullis.inventory as object.union(inventory, bundle)
	every annotation, expected in {"reflector.v1.k8s.emberstack.com/reflection-allowed": 0, "example.com/note": 1} {
		source := {"namespace": {"infra": {"v1": {"ConfigMap": {"api": {"metadata": {"annotations": {annotation: "true"}}}}}}}}
		count(config_map.deny) == expected with input as workload(pod) with data.portcullis.inventory as object.union(inventory, source)
	}
}
