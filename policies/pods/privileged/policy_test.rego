package portcullis.pods.privileged_test

import rego.v1

import data.portcullis.pods.privileged

test_privileged_container_is_denied if {
	count(privileged.deny) == 1 with input as {"kind": "Pod", "spec": {"containers": [{"name": "web", "securityContext": {"privileged": true}}]}}
}

test_privileged_init_container_of_a_cron_job_is_denied if {
	template := {"spec": {"initContainers": [{"name": "setup", "securityContext": {"privileged": true}}], "containers": [{"name": "run"}]}}
	denials := privileged.deny with input as {"kind": "CronJob", "spec": {"jobTemplate": {"spec": {"template": template}}}}
	denials == {"container \"setup\" runs privileged"}
}

test_unprivileged_and_silent_containers_are_accepted if {
	containers := [{"name": "web", "securityContext": {"privileged": false}}, {"name": "proxy"}]
	count(privileged.deny) == 0 with input as {"kind": "Deployment", "spec": {"template": {"spec": {"containers": containers}}}}
}

test_privileged_ephemeral_container_is_denied if {
	container := {"name": "debug", "securityContext": {"privileged": true}}
	count(privileged.deny) == 1 with input as {"kind": "Pod", "spec": {"ephemeralContainers": [container]}}
}
