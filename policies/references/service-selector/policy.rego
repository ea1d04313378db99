# METADATA
# title: Services select pods
# description: >-
#   The selector of a Service matches no pods, not even those of the workload with its name. Traffic then reaches
#   nothing.
#    Give the pods the labels that the Service selects.
# related_resources:
# - ref: https://kubernetes.io/docs/concepts/services-networking/service/#defining-a-service
# custom:
#   severity: high
#   level: warn
#   controls:
#   - reliability/references
package portcullis.references.service_selector

import rego.v1

import data.portcullis.lib.kubernetes
import data.portcullis.lib.others

deny contains message if {
	input.apiVersion == "v1"
	input.kind == "Service"
	count(others.selected(input.spec.selector)) == 0
	count(input.spec.selector) > 0
	not data.portcullis.inventory.several.namespace[others.namespace].v1.Service[input.metadata.name]
	some workload in others.workloads
	[kind, name] := [workload.kind, workload.object.metadata.name]
	name in names
	not workload.several
	differs(workload.labels)
	message := sprintf("Service %q selects no pods; those of %s %q have other labels", [kubernetes.name, kind, name])
}

# What a workload that the Service is for is called.
names contains input.metadata.name

names contains trim_suffix(input.metadata.name, suffix) if some suffix in ["-service", "-svc", "-headless"]

# Pods have another value, or nothing of what is selected. A label that they lack may be set while they run.
differs(labels) if {
	some key, value in input.spec.selector
	labels[key] != value
}

differs(labels) if {
	count(labels) > 0
	every key, _ in input.spec.selector {
		not labels[key]
	}
}
