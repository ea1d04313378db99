# METADATA
# title: What a manifest would run
# description: >-
#   The pods that an object creates, and their containers, wherever its kind keeps them. Kubernetes' own kinds keep them
#   at known places. A custom kind is searched for whatever has the shape of a pod, at any depth; so are the manifests
#   that an object carries as text.
package portcullis.lib.kubernetes

import rego.v1

# The pod of the kinds that have exactly one.
pod_spec := pod_of(input)

pod_of(object) := object.spec if object.kind == "Pod"

pod_of(object) := object.spec.jobTemplate.spec.template.spec if object.kind == "CronJob"

pod_of(object) := object.template.spec if object.kind == "PodTemplate"

# Deployment, StatefulSet, DaemonSet, ReplicaSet, Job, and every custom kind that embeds a pod template the same way.
pod_of(object) := object.spec.template.spec if not object.kind in {"Pod", "CronJob", "PodTemplate"}

# Every pod that the object would create: a PodSpec, or what a custom kind has in its place.
pod_specs contains pod if {
	some object in objects
	pod := pod_of(object)
	is_object(pod)
}

pod_specs contains pod if {
	some object in searched
	walk(object, [path, pod])
	is_object(pod)
	not only_matches(object, path)
	pod_by_shape(path, pod)
}

# The object itself, and the manifests that it carries as text.
objects contains input

objects contains object if {
	some text in texts
	contains(text, "ontainer")
	contains(text, "apiVersion")
	some part in regex.split(`(?m)^---.*$`, text)
	object := yaml.unmarshal(part)
	is_string(object.apiVersion)
	is_string(object.kind)
}

texts contains text if {
	input.kind == "ConfigMap"
	some text in input.data
	is_string(text)
}

# What a ClusterResourceSet applies.
texts contains text if {
	input.type == "addons.cluster.x-k8s.io/resource-set"
	some text in input.stringData
	is_string(text)
}

texts contains base64.decode(text) if {
	input.type == "addons.cluster.x-k8s.io/resource-set"
	some text in input.data
}

texts contains text if {
	is_searched(input)

	# portcullis-lint ignore: unbounded-walk custom kinds may carry manifests anywhere
	walk(input, [_, text])
	is_string(text)
	contains(text, "apiVersion")
}

searched contains object if {
	some object in objects
	is_searched(object)
}

# A patch of the pod as text, as in templates of Argo Workflows.
searched contains patch if {
	is_searched(input)

	# portcullis-lint ignore: unbounded-walk custom kinds may carry patches anywhere
	walk(input, [path, text])
	path[count(path) - 1] == "podSpecPatch"
	patch := yaml.unmarshal(text)
	is_object(patch)
}

is_searched(object) if endswith(object.kind, "List")

is_searched(object) if {
	group := split(object.apiVersion, "/")[0]
	contains(group, ".")
	not built_in(group)
	not rendered(group, object.kind)
	not group in {"constraints.gatekeeper.sh", "templates.gatekeeper.sh"}
}

built_in(group) if {
	endswith(group, ".k8s.io")
	not endswith(group, ".x-k8s.io")
}

# What these apply is rendered and judged by itself; their values are settings of charts.
rendered(group, _) if endswith(group, ".toolkit.fluxcd.io")

rendered("argoproj.io", kind) if kind in {"Application", "ApplicationSet", "AppProject"}

# A pattern that other objects are compared with creates nothing.
only_matches(object, path) if {
	startswith(object.apiVersion, "kyverno.io/")
	some key in path
	key in {"validate", "match", "exclude", "preconditions"}
}

pod_by_shape(_, pod) if {
	some list in ["containers", "initContainers", "ephemeralContainers", "sidecars", "steps"]
	some container in pod[list]
	is_string(container.image)
}

# A template of an Argo Workflow.
pod_by_shape(_, pod) if {
	some field in ["container", "script"]
	is_string(pod[field].image)
}

pod_by_shape(_, pod) if {
	some field in ["hostNetwork", "hostPID", "hostIPC"]
	pod[field] == true
}

pod_by_shape(_, pod) if {
	some volume in pod.volumes
	is_object(volume.hostPath)
}

# Tekton's settings of the pods of a run.
pod_by_shape(path, _) if path[count(path) - 1] == "podTemplate"

# The containers of one pod.
containers_of(pod) := ({container |
	some list in ["containers", "initContainers", "ephemeralContainers"]
	some container in pod[list]
} | {container |
	some list in ["sidecars", "steps"]
	some container in pod[list]
	is_string(container.image)
}) | {container |
	some field in ["container", "script"]
	container := pod[field]
	is_string(container.image)
}

containers contains container if {
	some pod in pod_specs
	some container in containers_of(pod)
}

# The containers, and what else of a custom kind sets the security of a container: a patch, a template, a step.
settings contains container if some container in containers

settings contains container if {
	some object in searched
	walk(object, [path, container])
	is_object(container.securityContext)
	not only_matches(object, path)
	some field in ["privileged", "capabilities", "procMount", "allowPrivilegeEscalation", "readOnlyRootFilesystem"]
	container.securityContext[field]
}

# Containers that run for the life of the pod.
long_running contains container if {
	some pod in pod_specs
	some container in pod.containers
}

# How a message names a container: by its name, else by its place in the pod.
label(container) := sprintf("%q", [container.name]) if has_name(container)

label(container) := min(places_of(container)) if {
	not has_name(container)
	count(places_of(container)) > 0
}

label(container) := "without a name" if {
	not has_name(container)
	count(places_of(container)) == 0
}

has_name(object) if {
	is_string(object.name)
	object.name != ""
}

places_of(container) := {sprintf("%s[%d]", [list, i]) |
	some pod in pod_specs
	some list in ["containers", "initContainers", "ephemeralContainers", "sidecars", "steps"]
	some i
	pod[list][i] == container
} | {sprintf("of template %q", [pod.name]) |
	some pod in pod_specs
	some field in ["container", "script"]
	pod[field] == container
	has_name(pod)
}

# The name of an image that a tool replaces before anything is applied: the kubelet pulls none of such a name.
is_template(image) if regex.match(`[{}$<>]`, image)

# How a message names containers by their labels.
named(labels) := sprintf("container %s", [label]) if {
	count(labels) == 1
	some label in labels
}

named(labels) := sprintf("containers %s", [concat(", ", sort(labels))]) if count(labels) > 1

# How a message names the object: by its name, else by the prefix of the name that it will get.
name := input.metadata.name if has_name(input.metadata)

name := sprintf("%s…", [input.metadata.generateName]) if {
	not has_name(input.metadata)
	is_string(input.metadata.generateName)
}

name := "without a name" if {
	not has_name(input.metadata)
	not input.metadata.generateName
}
