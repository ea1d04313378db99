//go:build edited

package main

import "sigs.k8s.io/kustomize/kyaml/yaml"

// What edits.json adds to kyaml.
func init() {
	yaml.Mark = markPrefix
	yaml.PlainValue = func(node *yaml.Node) (any, bool) { return plainValue(node, false) }
}
