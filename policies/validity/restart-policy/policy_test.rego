package portcullis.validity.restart_policy_test

import rego.v1

import data.portcullis.validity.restart_policy

workload(api_version, kind, pod) := {"apiVersion": api_version, "kind": kind, "metadata": {"name": "report"}, "spec": {"template": {"spec": pod}}}

test_a_job_must_not_restart_always if {
	restart_policy.deny == {"the pods of Job \"report\" have no restartPolicy, which means Always; a Job needs OnFailure or Never"} with input as workload("batch/v1", "Job", {})
	restart_policy.deny == {"the pods of Job \"report\" have restartPolicy Always; a Job needs OnFailure or Never"} with input as workload("batch/v1", "Job", {"restartPolicy": "Always"})
}

test_the_pods_of_a_cron_job_count if {
	cron_job := {"apiVersion": "batch/v1", "kind": "CronJob", "metadata": {"name": "report"}, "spec": {"jobTemplate": {"spec": {"template": {"spec": {}}}}}}
	count(restart_policy.deny) == 1 with input as cron_job
}

test_other_workloads_restart_always if {
	every kind in ["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet"] {
		count(restart_policy.deny) == 1 with input as workload("apps/v1", kind, {"restartPolicy": "OnFailure"})
		count(restart_policy.deny) == 0 with input as workload("apps/v1", kind, {"restartPolicy": "Always"})
		count(restart_policy.deny) == 0 with input as workload("apps/v1", kind, {})
	}
	count(restart_policy.deny) == 1 with input as workload("v1", "ReplicationController", {"restartPolicy": "Never"})
}

test_jobs_that_end_are_accepted if {
	count(restart_policy.deny) == 0 with input as workload("batch/v1", "Job", {"restartPolicy": "Never"})
	count(restart_policy.deny) == 0 with input as workload("batch/v1", "Job", {"restartPolicy": "OnFailure"})
}

test_kinds_of_other_groups_have_their_own_rules if {
	count(restart_policy.deny) == 0 with input as workload("batch.example.com/v1", "Job", {})
	count(restart_policy.deny) == 0 with input as workload("example.com/v1", "Deployment", {"restartPolicy": "Never"})
}
