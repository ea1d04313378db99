package portcullis.images.reference_test

import rego.v1

import data.portcullis.images.reference

pod(image) := {"kind": "Pod", "spec": {"containers": [{"name": "web", "image": image}]}}

hex := "0000000000000000000000000000000000000000000000000000000000000000"

test_invalid_names_are_denied if {
	every image in ["", "Nginx", "registry.example.com/Web:1", "nginx:", "nginx :1", "nginx:1:2", "nginx@sha256:abc", "nginx:-1", "https://registry.example.com/web", concat("", ["nginx@sha256:", hex, "g"]), "web/", "a..b"] {
		reference.deny == {sprintf("container \"web\" uses image %q, which is not a valid name", [image])} with input as pod(image)
	}
}

test_valid_names_are_accepted if {
	every image in [
		"nginx", "nginx:1.27.4", "library/nginx", "registry.example.com:5000/a/b_c/d__e:V1.2-x", "localhost/web", "REGISTRY.example.com/web", "[::1]:5000/web", concat("", ["nginx:1@sha256:", hex]),
		"${IMAGE}", "{{ .image }}", "<image>", "a-b--c.d:latest", 12,
	] {
		count(reference.deny) == 0 with input as pod(image)
	}
}
