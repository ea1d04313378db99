package portcullis.jobs.concurrency_test

import rego.v1

import data.portcullis.jobs.concurrency

cron_job(spec) := {"apiVersion": "batch/v1", "kind": "CronJob", "metadata": {"name": "report"}, "spec": spec}

test_runs_that_may_pile_up_are_denied if {
	every spec in [{}, {"concurrencyPolicy": "Allow"}] {
		concurrency.deny == {"CronJob \"report\" starts a run while another one goes on"} with input as cron_job(spec)
	}
}

test_others_are_accepted if {
	every spec in [{"concurrencyPolicy": "Forbid"}, {"concurrencyPolicy": "Replace"}, {"jobTemplate": {"spec": {"activeDeadlineSeconds": 600}}}] {
		count(concurrency.deny) == 0 with input as cron_job(spec)
	}
	every other in [{"apiVersion": "example.com/v1"}, {"kind": "CronWorkflow"}] {
		count(concurrency.deny) == 0 with input as object.union(cron_job({}), other)
	}
}
