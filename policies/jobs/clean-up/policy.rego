# METADATA
# title: Finished Jobs are removed
# description: >-
#   A Job stays in the cluster, with its pods, until someone deletes it.
#    Set ttlSecondsAfterFinished.
# related_resources:
# - ref: https://kubernetes.io/docs/concepts/workloads/controllers/ttlafterfinished/
# custom:
#   severity: low
#   level: info
#   controls:
#   - reliability/jobs
package portcullis.jobs.clean_up

import rego.v1

import data.portcullis.lib.kubernetes

deny contains message if {
	input.apiVersion == "batch/v1"
	input.kind == "Job"
	not is_exempt
	not "ttlSecondsAfterFinished" in object.keys(input.spec)
	message := sprintf("Job %q is never removed", [kubernetes.name])
}

is_exempt if {
	some key in ["helm.sh/hook", "argocd.argoproj.io/hook"]
	input.metadata.annotations[key]
}
