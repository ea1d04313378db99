# METADATA
# title: Other objects of the environment
# description: >-
#   What the objects of one namespace are, as far as the repository knows them: workloads with the labels of their pods,
#   and whether something else may create objects there that the repository does not show.
package portcullis.lib.others

import rego.v1

# The namespace of the object that is judged.
namespace := object.get(input.metadata, "namespace", "default")

# What creates pods in the same namespace, each with the labels and the spec of its pods. "several" tells that there are
# several of this name, which differ, as in overlays for several clusters: which of them is meant is not known.
workloads contains {"kind": "Deployment", "object": found, "labels": labels_of(found), "pod": object.get(found.spec.template, "spec", {}), "several": name in several_deployment} if {
	some name, found in data.portcullis.inventory.namespace[namespace]["apps/v1"].Deployment
}

workloads contains {"kind": "StatefulSet", "object": found, "labels": labels_of(found), "pod": object.get(found.spec.template, "spec", {}), "several": name in several_statefulset} if {
	some name, found in data.portcullis.inventory.namespace[namespace]["apps/v1"].StatefulSet
}

workloads contains {"kind": "DaemonSet", "object": found, "labels": labels_of(found), "pod": object.get(found.spec.template, "spec", {}), "several": name in several_daemonset} if {
	some name, found in data.portcullis.inventory.namespace[namespace]["apps/v1"].DaemonSet
}

workloads contains {"kind": "ReplicaSet", "object": found, "labels": labels_of(found), "pod": object.get(found.spec.template, "spec", {}), "several": name in several_replicaset} if {
	some name, found in data.portcullis.inventory.namespace[namespace]["apps/v1"].ReplicaSet
}

workloads contains {"kind": "Job", "object": found, "labels": labels_of(found), "pod": object.get(found.spec.template, "spec", {}), "several": name in several_job} if {
	some name, found in data.portcullis.inventory.namespace[namespace]["batch/v1"].Job
}

workloads contains {"kind": "Rollout", "object": found, "labels": labels_of(found), "pod": object.get(found.spec.template, "spec", {}), "several": name in several_rollout} if {
	some name, found in data.portcullis.inventory.namespace[namespace]["argoproj.io/v1alpha1"].Rollout
}

workloads contains {"kind": "DeploymentConfig", "object": found, "labels": labels_of(found), "pod": object.get(found.spec.template, "spec", {}), "several": name in several_deploymentconfig} if {
	some name, found in data.portcullis.inventory.namespace[namespace]["apps.openshift.io/v1"].DeploymentConfig
}

workloads contains {"kind": "CloneSet", "object": found, "labels": labels_of(found), "pod": object.get(found.spec.template, "spec", {}), "several": name in several_cloneset} if {
	some name, found in data.portcullis.inventory.namespace[namespace]["apps.kruise.io/v1alpha1"].CloneSet
}

workloads contains {"kind": "Pod", "object": found, "labels": object.get(found.metadata, "labels", {}), "pod": found.spec, "several": name in several_pod} if {
	some name, found in data.portcullis.inventory.namespace[namespace].v1.Pod
}

several_deployment contains name if some name, _ in data.portcullis.inventory.several.namespace[namespace]["apps/v1"].Deployment

several_statefulset contains name if some name, _ in data.portcullis.inventory.several.namespace[namespace]["apps/v1"].StatefulSet

several_daemonset contains name if some name, _ in data.portcullis.inventory.several.namespace[namespace]["apps/v1"].DaemonSet

several_replicaset contains name if some name, _ in data.portcullis.inventory.several.namespace[namespace]["apps/v1"].ReplicaSet

several_job contains name if some name, _ in data.portcullis.inventory.several.namespace[namespace]["batch/v1"].Job

several_rollout contains name if some name, _ in data.portcullis.inventory.several.namespace[namespace]["argoproj.io/v1alpha1"].Rollout

several_deploymentconfig contains name if some name, _ in data.portcullis.inventory.several.namespace[namespace]["apps.openshift.io/v1"].DeploymentConfig

several_cloneset contains name if some name, _ in data.portcullis.inventory.several.namespace[namespace]["apps.kruise.io/v1alpha1"].CloneSet

several_pod contains name if some name, _ in data.portcullis.inventory.several.namespace[namespace].v1.Pod

labels_of(workload) := object.get(workload.spec.template, ["metadata", "labels"], {})

# Whether a selector of key and value pairs selects pods with these labels.
selects(selector, labels) if {
	count(selector) > 0
	every key, value in selector {
		labels[key] == value
	}
}

# The workloads whose pods a selector selects.
selected(selector) := {workload |
	some workload in workloads
	selects(selector, workload.labels)
}

# Charts that are installed into the namespace, which may bring objects that the repository does not show.
charts contains release.metadata.name if {
	some place
	some release in data.portcullis.inventory.namespace[place][_].HelmRelease
	object.get(release.spec, "targetNamespace", place) == namespace
}

# What an operator of Open Data Hub or Kubeflow installs.
charts contains installation.metadata.name if {
	some _, kinds in data.portcullis.inventory.namespace[namespace]
	some installation in kinds.KfDef
}

charts contains chart.metadata.name if {
	some chart in data.portcullis.inventory.namespace[_]["helm.cattle.io/v1"].HelmChart
	object.get(chart.spec, "targetNamespace", "default") == namespace
}

charts contains application.metadata.name if {
	some application in data.portcullis.inventory.namespace[_]["argoproj.io/v1alpha1"].Application
	application.spec.destination.namespace == namespace
}

charts contains application.metadata.name if {
	some application in data.portcullis.inventory.namespace[_]["argoproj.io/v1alpha1"].ApplicationSet
	target := object.get(application.spec.template.spec, ["destination", "namespace"], "{{}}")
	is_open(target)
}

# A namespace that is this one, or that a template gives.
is_open(target) if target == namespace

is_open(target) if contains(target, "{{")

# Whether the repository shows everything that is in the namespace, as far as it can be told: the manifest names it, and
# nothing there brings more.
known if {
	input.metadata.namespace
	count(charts) == 0
}

services := {name: service | some name, service in data.portcullis.inventory.namespace[namespace].v1.Service}

# Whether an object of a custom kind may have made one of this name: operators name what they make after it.
is_made(name) if {
	some group, kinds in data.portcullis.inventory.namespace[namespace]
	is_custom(group)
	some objects in kinds
	some maker, _ in objects
	contains(name, maker)
}

# Kinds of others than Kubernetes: their group is a domain, and not one of k8s.io.
is_custom(group) if {
	contains(group, ".")
	not endswith(split(group, "/")[0], ".k8s.io")
}
