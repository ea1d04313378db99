package main

import (
	"fmt"

	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/api/resmap"
	"sigs.k8s.io/kustomize/kyaml/openapi"
)

// builder runs Kustomize as its command does without flags.
type builder struct {
	files        *tree
	root         string
	options      *krusty.Options
	customSchema bool
}

func newBuilder(files *tree, root string, customSchema bool) *builder {
	options := krusty.MakeDefaultOptions()
	options.Reorder = krusty.ReorderOptionUnspecified
	return &builder{files: files, root: root, options: options, customSchema: customSchema}
}

// build recovers from what Kustomize panics about.
func (b *builder) build() (result resmap.ResMap, err error) {
	if b.customSchema {
		// Schemas are global to the process: neither may this build see those of an earlier one, nor leave its own.
		openapi.ResetOpenAPI()
		defer openapi.ResetOpenAPI()
	}
	defer func() {
		if trouble := recover(); trouble != nil {
			openapi.ResetOpenAPI()
			err = fmt.Errorf("kustomize panicked: %v", trouble)
		}
	}()
	return krusty.MakeKustomizer(b.options).Run(b.files, b.root)
}
