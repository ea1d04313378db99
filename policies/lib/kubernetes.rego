# METADATA
# title: What a manifest would run
# description: The pod that a workload creates, and its containers, wherever its kind keeps them.
package portcullis.lib.kubernetes

import rego.v1

pod_spec := input.spec if input.kind == "Pod"

pod_spec := input.spec.jobTemplate.spec.template.spec if input.kind == "CronJob"

# Deployment, StatefulSet, DaemonSet, ReplicaSet, Job, and every custom kind that embeds a pod template the same way.
pod_spec := input.spec.template.spec if not input.kind in {"Pod", "CronJob"}

containers contains container if some container in pod_spec.containers

containers contains container if some container in pod_spec.initContainers

containers contains container if some container in pod_spec.ephemeralContainers

# Containers that run for the life of the pod.
long_running contains container if some container in pod_spec.containers
