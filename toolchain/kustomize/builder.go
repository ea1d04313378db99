package main

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/api/konfig"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/api/resmap"
	"sigs.k8s.io/kustomize/api/types"
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

// annotatedOrigins fills in what is not known by building once more with Kustomize's own annotations. It is a build
// beside the real one because an annotation more can change what patches do: `add /metadata/annotations/x` fails where
// there are none.
func (b *builder) annotatedOrigins(plain resmap.ResMap, list []*origin) {
	for _, name := range konfig.RecognizedKustomizationFileNames() {
		file := path.Join(b.root, name)
		content, found := b.files.files[file]
		if !found {
			continue
		}
		b.files.files[file] = withOrigins(content)
		annotated, err := b.build()
		b.files.files[file] = content
		if err != nil || annotated.Size() != plain.Size() {
			return
		}
		for i, one := range annotated.Resources() {
			if list[i] != nil || one.CurId() != plain.Resources()[i].CurId() {
				continue
			}
			from, err := one.GetOrigin()
			// Kustomize takes a resource that lost its annotation for one that a transformer made.
			if err == nil && from != nil && !strings.HasSuffix(from.ConfiguredBy.Kind, "Transformer") {
				list[i] = &origin{Path: below(b.root, from.Path), ConfiguredIn: below(b.root, from.ConfiguredIn)}
			}
		}
	}
}

func withOrigins(kustomization []byte) []byte {
	edited, err := edit(kustomization, func(fields map[string]any) {
		listed, _ := fields["buildMetadata"].([]any)
		if !slices.Contains(listed, any(types.OriginAnnotations)) {
			fields["buildMetadata"] = append(listed, types.OriginAnnotations)
		}
	})
	if err != nil {
		return kustomization
	}
	return edited
}
