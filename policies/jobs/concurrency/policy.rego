# METADATA
# title: Jobs do not pile up
# description: >-
#   A CronJob that allows concurrent runs starts another one beside one that hangs, and so on.
#    Forbid or replace them.
# related_resources:
# - ref: https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#concurrency-policy
# custom:
#   severity: low
#   level: warn
#   controls:
#   - reliability/jobs
package portcullis.jobs.concurrency

import rego.v1

import data.portcullis.lib.kubernetes

deny contains message if {
	input.kind == "CronJob"
	startswith(input.apiVersion, "batch/")
	not input.spec.jobTemplate.spec.activeDeadlineSeconds
	object.get(input.spec, "concurrencyPolicy", "Allow") == "Allow"
	message := sprintf("CronJob %q starts a run while another one goes on", [kubernetes.name])
}
