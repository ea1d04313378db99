/** Rules about several objects, each in one of the shapes that people write. */

export const uniqueHosts = `package ingress.unique

import rego.v1

# METADATA
# title: A host belongs to one Ingress
deny contains msg if {
  input.kind == "Ingress"
  some rule in input.spec.rules
  some namespace, name
  other := data.portcullis.inventory.namespace[namespace]["networking.k8s.io/v1"].Ingress[name]
  [namespace, name] != [object.get(input.metadata, "namespace", "default"), input.metadata.name]
  some taken in other.spec.rules
  taken.host == rule.host
  msg := sprintf("host %s is that of Ingress %s/%s", [rule.host, namespace, name])
}
`;

export const selectsSomething = `package service.selector

import rego.v1

# METADATA
# title: A Service selects a workload
warn contains msg if {
  input.kind == "Service"
  count(input.spec.selector) > 0
  not selects_any
  msg := sprintf("no workload has the labels that Service %s selects", [input.metadata.name])
}

inventory := data.portcullis.inventory.namespace[object.get(input.metadata, "namespace", "default")]

selects_any if {
  some kind in ["Deployment", "StatefulSet", "DaemonSet"]
  some workload in inventory["apps/v1"][kind]
  object.subset(workload.spec.template.metadata.labels, input.spec.selector)
}
`;

export const scalesSomething = `package hpa.target

import rego.v1

# METADATA
# title: A HorizontalPodAutoscaler has a target
deny contains msg if {
  input.kind == "HorizontalPodAutoscaler"
  target := input.spec.scaleTargetRef
  not exists(target)
  msg := sprintf("there is no %s %s to scale", [target.kind, target.name])
}

exists(target) if {
  data.portcullis.inventory.namespace[input.metadata.namespace][target.apiVersion][target.kind][target.name]
}
`;

export const drains = `package pdb.deadlock

import data.portcullis.inventory
import rego.v1

# METADATA
# title: A PodDisruptionBudget lets nodes be drained
deny contains msg if {
  input.kind == "Deployment"
  some name
  budget := inventory.namespace[input.metadata.namespace]["policy/v1"].PodDisruptionBudget[name]
  object.subset(input.spec.template.metadata.labels, budget.spec.selector.matchLabels)
  budget.spec.minAvailable >= input.spec.replicas
  msg := sprintf("PodDisruptionBudget %s needs all %d replicas", [name, input.spec.replicas])
}
`;

export const mounts = `package config.reference

import rego.v1

# METADATA
# title: ConfigMaps that are mounted exist
deny contains msg if {
  some volume in input.spec.template.spec.volumes
  wanted := volume.configMap.name
  not exists(wanted)
  msg := sprintf("there is no ConfigMap %s", [wanted])
}

exists(name) if data.portcullis.inventory.namespace[input.metadata.namespace].v1.ConfigMap[name]
`;
