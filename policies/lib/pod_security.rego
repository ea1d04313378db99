# METADATA
# title: What Pod Security Standards depend on
# description: >-
#   The version of Kubernetes, the operating system and the user namespace of a pod, by which the Pod Security Standards
#   ask for more or less.
package portcullis.lib.pod_security

import rego.v1

import data.portcullis.lib.kubernetes

# The minor version of Kubernetes in the environment; later than any where the configuration names none.
default minor := 1000

minor := to_number(split(data.portcullis.kubernetes, ".")[1])

since(version) if minor >= version

before(version) if minor < version

# The API server refuses the security settings of Linux in these pods, so that nothing asks for them.
windows(pod) if {
	pod.os.name == "windows"
	since(25)
}

# Root in these pods is an unprivileged user of the node.
user_namespace(pod) if {
	pod.hostUsers == false
	since(35)
}

# Capabilities that every common container runtime grants anyway.
default_capabilities := {
	"AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD",
	"NET_BIND_SERVICE", "SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT",
}

# What gives a setting for its containers: the pods, and the containers and other settings of containers.
settings contains {"of": "the pod", "context": pod.securityContext} if {
	some pod in kubernetes.pod_specs
	is_object(pod.securityContext)
}

settings contains {"of": sprintf("container %s", [kubernetes.label(container)]), "context": container.securityContext} if {
	some container in kubernetes.settings
	is_object(container.securityContext)
}

# The annotations of the pods that the object creates, with the pod.
annotations contains {"of": template.spec, "values": template.metadata.annotations} if {
	some template in templates
	is_object(template.metadata.annotations)
}

templates contains template if {
	some object in kubernetes.objects
	template := template_of(object)
	is_object(template.spec)
}

templates contains template if {
	some object in kubernetes.searched
	walk(object, [path, template])
	is_object(template.metadata)
	is_object(template.spec)
	kubernetes.pod_by_shape(array.concat(path, ["spec"]), template.spec)
}

template_of(object) := object if object.kind == "Pod"

template_of(object) := object.spec.jobTemplate.spec.template if object.kind == "CronJob"

template_of(object) := object.template if object.kind == "PodTemplate"

template_of(object) := object.spec.template if not object.kind in {"Pod", "CronJob", "PodTemplate"}
