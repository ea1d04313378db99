package portcullis.lib.pod_security_test

import rego.v1

import data.portcullis.lib.pod_security

test_the_newest_version_counts_where_none_is_configured if {
	pod_security.since(99)
	not pod_security.before(99)
}

test_minor_versions_are_compared_as_numbers if {
	pod_security.before(10) with data.portcullis.kubernetes as "1.9"
	pod_security.since(34) with data.portcullis.kubernetes as "1.34.2"
	not pod_security.since(35) with data.portcullis.kubernetes as "1.34.2"
}

annotated := {"metadata": {"annotations": {"a": "b"}}, "spec": {"containers": [{"name": "web", "image": "web:1"}]}}

kinds := [
	["v1", "Pod", annotated],
	["v1", "PodTemplate", {"template": annotated}],
	["batch/v1", "CronJob", {"spec": {"jobTemplate": {"spec": {"template": annotated}}}}],
	["apps/v1", "Deployment", {"spec": {"template": annotated}}],
	["ray.io/v1", "RayCluster", {"spec": {"headGroupSpec": {"template": annotated}}}],
]

test_the_annotations_of_the_pod_are_found_in_every_kind if {
	every kind in kinds {
		pod_security.annotations == {{"of": annotated.spec, "values": {"a": "b"}}} with input as object.union(kind[2], {"apiVersion": kind[0], "kind": kind[1]})
	}
}
