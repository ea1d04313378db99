package portcullis.images.moving_tag_test

import rego.v1

import data.portcullis.images.moving_tag

pod(image) := {"kind": "Pod", "spec": {"containers": [{"name": "web", "image": image}]}}

test_branches_and_channels_are_denied if {
	every tag in ["main", "master", "develop", "dev", "edge", "nightly", "canary", "snapshot", "unstable", "rolling", "HEAD"] {
		image := sprintf("registry.example.com:5000/web:%s", [tag])
		moving_tag.deny == {sprintf("container \"web\" uses image %q, whose tag moves", [image])} with input as pod(image)
	}
}

test_versions_and_digests_are_accepted if {
	every image in ["web:1.2", "web:main-1a2b3c", "web:main@sha256:00", "dev", "web:mainline", "registry/dev"] {
		count(moving_tag.deny) == 0 with input as pod(image)
	}
}
