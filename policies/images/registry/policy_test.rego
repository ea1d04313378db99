package portcullis.images.registry_test

import rego.v1

import data.portcullis.images.registry

pod(image) := {"kind": "Pod", "spec": {"containers": [{"name": "web", "image": image}]}}

allow(list) := {"images/registry": {"allowed": list}}

test_an_image_without_a_registry_is_denied if {
	every image in ["nginx:1.27.4", "library/nginx:1.27.4"] {
		count(registry.deny) == 1 with input as pod(image)
	}
}

test_any_registry_is_accepted_while_no_list_is_given if {
	every image in ["registry.example.com/web:1", "localhost/web:1", "registry:5000/web:1"] {
		count(registry.deny) == 0 with input as pod(image)
	}
}

test_a_registry_outside_the_list_is_denied if {
	denials := registry.deny with input as pod("evil.example.net/web:1") with data.parameters as allow(["registry.example.com"])
	denials == {"container \"web\" pulls from registry evil.example.net, which is not allowed"}
}

test_a_name_that_only_starts_like_an_allowed_one_is_denied if {
	count(registry.deny) == 1 with input as pod("registry.example.com.evil.net/web:1") with data.parameters as allow(["registry.example.com"])
}

test_the_list_is_accepted_with_and_without_a_path if {
	count(registry.deny) == 0 with input as pod("registry.example.com/team/web:1") with data.parameters as allow(["registry.example.com/team/"])
}

test_a_placeholder_may_hold_the_registry if {
	count(registry.deny) == 0 with input as {"kind": "Pod", "spec": {"containers": [{"name": "web", "image": "${IMAGE}"}]}}
}
