package portcullis.images.digest_test

import rego.v1

import data.portcullis.images.digest

pod(image) := {"kind": "Pod", "spec": {"containers": [{"name": "web", "image": image}]}}

test_a_tag_is_reported if {
	digest.deny == {"container \"web\" uses image \"nginx:1.27.4\", which has no digest"} with input as pod("nginx:1.27.4")
}

test_a_digest_is_accepted if {
	count(digest.deny) == 0 with input as pod("nginx:1.27.4@sha256:0000000000000000000000000000000000000000000000000000000000000000")
	count(digest.deny) == 0 with input as {"kind": "Pod", "spec": {"containers": [{"name": "web"}]}}
	count(digest.deny) == 0 with input as pod(12)
	count(digest.deny) == 0 with input as pod("${IMAGE}")
}
