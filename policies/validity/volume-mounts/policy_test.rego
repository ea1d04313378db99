package portcullis.validity.volume_mounts_test

import rego.v1

import data.portcullis.validity.volume_mounts

mounting(field) := {"name": "web", field: [{"name": "cache", "mountPath": "/cache"}]}

pod(more) := {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web"}, "spec": more}

test_an_undeclared_volume_is_denied if {
	volume_mounts.deny == {"container \"web\" mounts the volume \"cache\", which its pod does not have"} with input as pod({"containers": [mounting("volumeMounts")]})
	count(volume_mounts.deny) == 1 with input as pod({"initContainers": [mounting("volumeDevices")], "volumes": [{"name": "other"}]})
}

test_a_declared_volume_is_accepted if {
	count(volume_mounts.deny) == 0 with input as pod({"containers": [mounting("volumeMounts")], "volumes": [{"name": "cache", "emptyDir": {}}]})
}

test_claims_of_a_stateful_set_are_volumes if {
	set := {"apiVersion": "apps/v1", "kind": "StatefulSet", "spec": {"volumeClaimTemplates": [{"metadata": {"name": "cache"}}], "template": {"spec": {"containers": [mounting("volumeMounts")]}}}}
	count(volume_mounts.deny) == 0 with input as set
	count(volume_mounts.deny) == 1 with input as object.union(set, {"kind": "Deployment"})
}

test_each_kind_of_workload_is_judged if {
	template := {"spec": {"template": {"spec": {"containers": [mounting("volumeMounts")]}}}}
	every kind in [["apps/v1", "Deployment"], ["apps/v1", "DaemonSet"], ["apps/v1", "ReplicaSet"], ["batch/v1", "Job"], ["v1", "ReplicationController"]] {
		count(volume_mounts.deny) == 1 with input as object.union(template, {"apiVersion": kind[0], "kind": kind[1]})
	}
	count(volume_mounts.deny) == 1 with input as {"apiVersion": "batch/v1", "kind": "CronJob", "spec": {"jobTemplate": {"spec": template.spec}}}
	count(volume_mounts.deny) == 1 with input as {"apiVersion": "v1", "kind": "PodTemplate", "template": template.spec.template}
}

test_custom_kinds_may_add_volumes if {
	custom := {"kind": "Service", "spec": {"template": {"spec": {"containers": [mounting("volumeMounts")]}}}}
	count(volume_mounts.deny) == 0 with input as object.union(custom, {"apiVersion": "serving.knative.dev/v1"})
	count(volume_mounts.deny) == 0 with input as object.union(custom, {"apiVersion": "batch.example.com/v1", "kind": "Job"})
}
