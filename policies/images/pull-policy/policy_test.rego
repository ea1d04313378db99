package portcullis.images.pull_policy_test

import rego.v1

import data.portcullis.images.pull_policy

pod(image, policy) := {"kind": "Pod", "spec": {"containers": [{"name": "web", "image": image, "imagePullPolicy": policy}]}}

test_moving_tags_that_stay_are_denied if {
	every image in ["nginx", "nginx:latest", "registry.example.com:5000/web", "registry.example.com/a/web:latest"] {
		every policy in ["IfNotPresent", "Never"] {
			pull_policy.deny == {sprintf("container \"web\" pulls image %q only where a node has none", [image])} with input as pod(image, policy)
		}
		count(pull_policy.deny) == 0 with input as pod(image, "Always")
	}
}

test_versions_are_accepted if {
	every image in ["nginx:1.27.4", "registry.example.com:5000/web:v2", "nginx:latest@sha256:00", "nginx@sha256:00", "nginx:latest-alpine"] {
		count(pull_policy.deny) == 0 with input as pod(image, "IfNotPresent")
	}
}
