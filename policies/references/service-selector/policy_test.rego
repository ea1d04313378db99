package portcullis.references.service_selector_test

import rego.v1

import data.portcullis.references.service_selector

service(selector) := {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web", "namespace": "shop"}, "spec": {"selector": selector}}

inventory(name, labels) := {"namespace": {"shop": {"apps/v1": {"Deployment": {name: {"metadata": {"name": name}, "spec": {"template": {"metadata": {"labels": labels}, "spec": {}}}}}}}}}

test_a_renamed_label_is_denied if {
	service_selector.deny == {"Service \"web\" selects no pods; those of Deployment \"web\" have other labels"} with input as service({"app": "web"}) with data.portcullis.inventory as inventory("web", {"app": "website"})
	count(service_selector.deny) == 1 with input as service({"app": "web"}) with data.portcullis.inventory as inventory("web", {"app.kubernetes.io/name": "web"})
	every name in ["web-service", "web-svc", "web-headless"] {
		count(service_selector.deny) == 1 with input as object.union(service({"app": "web"}), {"metadata": {"name": name}}) with data.portcullis.inventory as inventory("web", {"app": "website"})
	}
}

test_a_service_with_pods_is_accepted if {
	count(service_selector.deny) == 0 with input as service({"app": "web"}) with data.portcullis.inventory as inventory("web", {"app": "web", "tier": "front"})
}

test_pods_that_are_not_known_are_accepted if {
	count(service_selector.deny) == 0 with input as service({"app": "web"}) with data.portcullis.inventory as inventory("api", {"app": "api"})
	count(service_selector.deny) == 0 with input as service({}) with data.portcullis.inventory as inventory("web", {"app": "web"})
}

test_other_kinds_are_not_judged if {
	every other in [{"apiVersion": "serving.knative.dev/v1"}, {"kind": "Other"}] {
		count(service_selector.deny) == 0 with input as object.union(service({"app": "web"}), other) with data.portcullis.inventory as inventory("web", {"app": "website"})
	}
}

test_labels_that_are_set_later_are_accepted if {
	count(service_selector.deny) == 0 with input as service({"app": "web", "role": "primary"}) with data.portcullis.inventory as inventory("web", {"app": "web"})
	count(service_selector.deny) == 0 with input as service({"app": "web"}) with data.portcullis.inventory as inventory("web", {})
}

test_what_differs_between_overlays_is_accepted if {
	every several in [{"apps/v1": {"Deployment": {"web": true}}}, {"v1": {"Service": {"web": true}}}] {
		both := object.union(inventory("web", {"app": "website"}), {"several": {"namespace": {"shop": several}}})
		count(service_selector.deny) == 0 with input as service({"app": "web"}) with data.portcullis.inventory as both
	}
}
