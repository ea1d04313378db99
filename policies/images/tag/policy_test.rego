package portcullis.images.tag_test

import rego.v1

import data.portcullis.images.tag

deployment(image) := {"kind": "Deployment", "spec": {"template": {"spec": {"containers": [{"name": "web", "image": image}]}}}}

test_unpinned_images_are_denied if {
	every image in ["nginx", "nginx:latest", "registry.example.com:5000/web", "registry.example.com/web:", "registry.example.com/web:latest"] {
		count(tag.deny) == 1 with input as deployment(image)
	}
}

test_pinned_images_are_accepted if {
	every image in [
		"nginx:1.27.4", "registry.example.com:5000/web:v2",
		"nginx@sha256:0000000000000000000000000000000000000000000000000000000000000000",
		"nginx:latest@sha256:0000000000000000000000000000000000000000000000000000000000000000",
	] {
		count(tag.deny) == 0 with input as deployment(image)
	}
}

test_a_container_without_an_image_is_nobodys_image if {
	count(tag.deny) == 0 with input as {"kind": "Pod", "spec": {"containers": [{"name": "web"}]}}
}

test_placeholders_are_left_to_what_replaces_them if {
	every image in ["${IMAGE}", "$(image)", "{{ image }}", "<image>"] {
		count(tag.deny) == 0 with input as deployment(image)
	}
}
