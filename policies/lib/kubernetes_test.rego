package portcullis.lib.kubernetes_test

import rego.v1

import data.portcullis.lib.kubernetes

container := {"name": "web", "image": "registry.example.com/web:1.4.2"}

pod := {"hostNetwork": true, "containers": [container]}

template := {"metadata": {"labels": {"app": "web"}}, "spec": pod}

manifest := {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "inner"}, "spec": pod}

# What each kind has at its top, beside apiVersion and kind.
kinds := [
	["v1", "Pod", {"spec": pod}],
	["v1", "PodTemplate", {"template": template}],
	["v1", "ReplicationController", {"spec": {"template": template}}],
	["apps/v1", "StatefulSet", {"spec": {"template": template}}],
	["batch/v1", "CronJob", {"spec": {"jobTemplate": {"spec": {"template": template}}}}],
	["argoproj.io/v1alpha1", "Rollout", {"spec": {"template": template}}],
	["argoproj.io/v1alpha1", "Workflow", {"spec": {"templates": [{"name": "a", "container": container}]}}],
	["argoproj.io/v1alpha1", "CronWorkflow", {"spec": {"workflowSpec": {"templates": [{"name": "a", "script": container}]}}}],
	["argoproj.io/v1alpha1", "Sensor", {"spec": {"triggers": [{"template": {"k8s": {"source": {"resource": manifest}}}}]}}],
	["tekton.dev/v1", "Task", {"spec": {"steps": [container]}}],
	["tekton.dev/v1", "PipelineRun", {"spec": {"pipelineSpec": {"tasks": [{"name": "a", "taskSpec": {"sidecars": [container]}}]}}}],
	["keda.sh/v1alpha1", "ScaledJob", {"spec": {"jobTargetRef": {"template": template}}}],
	["serving.knative.dev/v1", "Configuration", {"spec": {"template": template}}],
	["jobset.x-k8s.io/v1alpha2", "JobSet", {"spec": {"replicatedJobs": [{"name": "a", "template": {"spec": {"template": template}}}]}}],
	["leaderworkerset.x-k8s.io/v1", "LeaderWorkerSet", {"spec": {"leaderWorkerTemplate": {"workerTemplate": template}}}],
	["kubeflow.org/v1", "TFJob", {"spec": {"tfReplicaSpecs": {"Worker": {"template": template}}}}],
	["kubeflow.org/v1", "Notebook", {"spec": {"template": {"spec": pod}}}],
	["ray.io/v1", "RayCluster", {"spec": {"workerGroupSpecs": [{"template": template}]}}],
	["apps.kruise.io/v1alpha1", "SidecarSet", {"spec": {"containers": [container]}}],
	["monitoring.coreos.com/v1", "Alertmanager", {"spec": {"containers": [container]}}],
	["work.open-cluster-management.io/v1", "ManifestWork", {"spec": {"workload": {"manifests": [manifest]}}}],
	["kubernetes.crossplane.io/v1alpha2", "Object", {"spec": {"forProvider": {"manifest": manifest}}}],
	["operators.coreos.com/v1alpha1", "ClusterServiceVersion", {"spec": {"install": {"spec": {"deployments": [{"spec": {"template": template}}]}}}}],
	["kyverno.io/v1", "ClusterPolicy", {"spec": {"rules": [{"generate": {"data": {"spec": pod}}}]}}],
	["v1", "ConfigMap", {"data": {"pod.yaml": yaml.marshal(manifest)}}],
	["v1", "ConfigMap", {"data": {"all.yaml": concat("---\n", ["# nothing\n", yaml.marshal(manifest)])}}],
	["v1", "Secret", {"type": "addons.cluster.x-k8s.io/resource-set", "data": {"pod.yaml": base64.encode(json.marshal(manifest))}}],
	["v1", "Secret", {"type": "addons.cluster.x-k8s.io/resource-set", "stringData": {"pod.yaml": yaml.marshal(manifest)}}],
	["fleet.cattle.io/v1alpha1", "Bundle", {"spec": {"resources": [{"content": json.marshal(manifest)}]}}],
	["example.com/v1", "Anything", {"spec": {"deeply": [{"inside": {"containers": [container]}}]}}],
	["example.com/v1", "AnythingList", {"items": [manifest]}],
]

test_the_container_is_found_in_every_kind if {
	every kind in kinds {
		kubernetes.containers == {container} with input as object.union(kind[2], {"apiVersion": kind[0], "kind": kind[1]})
	}
}

test_kinds_with_exactly_one_pod_have_it_as_pod_spec if {
	every kind in array.slice(kinds, 0, 6) {
		kubernetes.pod_spec == pod with input as object.union(kind[2], {"apiVersion": kind[0], "kind": kind[1]})
	}
}

test_settings_of_containers_in_custom_kinds_are_found if {
	setting := {"securityContext": {"privileged": true}}
	kubernetes.settings == {setting} with input as {"apiVersion": "kafka.strimzi.io/v1", "kind": "Kafka", "spec": {"kafka": {"template": {"kafkaContainer": setting}}}}
}

test_settings_of_pods_in_custom_kinds_are_found if {
	kubernetes.pod_specs == {{"hostNetwork": true}} with input as {"apiVersion": "tekton.dev/v1", "kind": "TaskRun", "spec": {"podTemplate": {"hostNetwork": true}}}
	some found in kubernetes.pod_specs with input as {"apiVersion": "argoproj.io/v1alpha1", "kind": "WorkflowTemplate", "spec": {"templates": [{"podSpecPatch": "{\"hostPID\": true}"}]}}
	found.hostPID
}

test_a_pod_of_a_custom_kind_is_known_by_its_place_or_a_path_of_its_node if {
	user := {"securityContext": {"runAsUser": 0}}
	kubernetes.pod_specs == {user} with input as {"apiVersion": "tekton.dev/v1", "kind": "PipelineRun", "spec": {"taskRunTemplate": {"podTemplate": user}}}
	node := {"volumes": [{"name": "root", "hostPath": {"path": "/"}}]}
	kubernetes.pod_specs == {node} with input as {"apiVersion": "monitoring.coreos.com/v1", "kind": "Prometheus", "spec": node}
}

test_patterns_values_and_schemas_are_no_pods if {
	every kind in [
		["kyverno.io/v1", "ClusterPolicy", {"spec": {"rules": [{"validate": {"pattern": {"spec": pod}}}]}}],
		["constraints.gatekeeper.sh/v1beta1", "K8sPSPHostNetworkingPorts", {"spec": {"parameters": {"hostNetwork": true}}}],
		["helm.toolkit.fluxcd.io/v2", "HelmRelease", {"spec": {"values": pod}}],
		["argoproj.io/v1alpha1", "Application", {"spec": {"source": {"helm": {"valuesObject": pod}}}}],
		["example.com/v1", "Anything", {"spec": {"containers": ["web"], "steps": [[{"name": "a", "template": "b"}]]}}],
		["gateway.networking.k8s.io/v1", "HTTPRoute", {"spec": {"containers": [container]}}],
		["v1", "ConfigMap", {"data": {"notes.txt": "apiVersion, kind and containers: {"}}],
	] {
		count(kubernetes.pod_specs) == 0 with input as object.union(kind[2], {"apiVersion": kind[0], "kind": kind[1]})
	}
}

test_a_container_without_a_name_is_named_by_its_place if {
	nameless := {"image": "registry.example.com/proxy:1.0.0"}
	spec := {"containers": [container, nameless]}
	labels := {kubernetes.label(each) | some each in kubernetes.containers} with input as {"apiVersion": "v1", "kind": "Pod", "spec": spec}
	labels == {"\"web\"", "containers[1]"}
}

test_settings_without_a_name_are_named_so if {
	setting := {"securityContext": {"privileged": true}}
	kubernetes.label(setting) == "without a name" with input as {"apiVersion": "kafka.strimzi.io/v1", "kind": "Kafka", "spec": {"kafka": {"template": {"kafkaContainer": setting}}}}
}

test_two_equal_containers_without_a_name_have_one_label if {
	nameless := {"image": "registry.example.com/proxy:1.0.0"}
	pods := [{"containers": [nameless]}, {"initContainers": [nameless]}]
	labels := {kubernetes.label(each) | some each in kubernetes.containers} with input as {"apiVersion": "example.com/v1", "kind": "Two", "spec": {"pods": pods}}
	labels == {"containers[0]"}
}

test_the_container_of_a_workflow_is_named_by_its_template if {
	nameless := {"image": "registry.example.com/proxy:1.0.0"}
	spec := {"templates": [{"name": "build", "container": nameless}]}
	kubernetes.label(nameless) == "of template \"build\"" with input as {"apiVersion": "argoproj.io/v1alpha1", "kind": "Workflow", "spec": spec}
}

test_an_object_is_named_by_its_name_or_what_it_has_of_one if {
	kubernetes.name == "a" with input as {"metadata": {"name": "a"}}
	kubernetes.name == "a-…" with input as {"metadata": {"generateName": "a-"}}
	kubernetes.name == "without a name" with input as {"metadata": {}}
}
