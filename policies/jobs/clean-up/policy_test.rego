package portcullis.jobs.clean_up_test

import rego.v1

import data.portcullis.jobs.clean_up

job(metadata, spec) := {"apiVersion": "batch/v1", "kind": "Job", "metadata": object.union({"name": "migrate"}, metadata), "spec": spec}

test_a_job_that_stays_is_reported if {
	clean_up.deny == {"Job \"migrate\" is never removed"} with input as job({}, {})
}

test_others_are_accepted if {
	count(clean_up.deny) == 0 with input as job({}, {"ttlSecondsAfterFinished": 0})
	every key in ["helm.sh/hook", "argocd.argoproj.io/hook"] {
		count(clean_up.deny) == 0 with input as job({"annotations": {key: "PreSync"}}, {})
	}
	every other in [{"apiVersion": "example.com/v1"}, {"kind": "CronJob"}] {
		count(clean_up.deny) == 0 with input as object.union(job({}, {}), other)
	}
}
