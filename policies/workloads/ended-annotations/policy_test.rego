package portcullis.workloads.ended_annotations_test

import rego.v1

import data.portcullis.workloads.ended_annotations

annotated(kind, key) := {"kind": kind, "metadata": {"name": "web", "annotations": {key: "x"}}}

test_annotations_that_are_no_longer_read_are_denied if {
	every key, instead in {
		"seccomp.security.alpha.kubernetes.io/pod": "securityContext.seccompProfile",
		"container.seccomp.security.alpha.kubernetes.io/web": "securityContext.seccompProfile",
		"security.alpha.kubernetes.io/sysctls": "securityContext.sysctls",
		"scheduler.alpha.kubernetes.io/critical-pod": "priorityClassName",
	} {
		ended_annotations.deny == {sprintf("the annotation %s of Pod \"web\" is no longer read; use %s", [key, instead])} with input as annotated("Pod", key)
	}
}

test_annotations_of_templates_count if {
	metadata := {"annotations": {"seccomp.security.alpha.kubernetes.io/pod": "x"}}
	every kind in ["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job"] {
		count(ended_annotations.deny) == 1 with input as {"kind": kind, "metadata": {"name": "web"}, "spec": {"template": {"metadata": metadata}}}
	}
	count(ended_annotations.deny) == 1 with input as {"kind": "CronJob", "metadata": {"name": "web"}, "spec": {"jobTemplate": {"spec": {"template": {"metadata": metadata}}}}}
}

test_other_annotations_are_accepted if {
	count(ended_annotations.deny) == 0 with input as annotated("Pod", "example.com/seccomp.security.alpha.kubernetes.io/")
	count(ended_annotations.deny) == 0 with input as annotated("PodSecurityPolicy", "seccomp.security.alpha.kubernetes.io/pod")
}
