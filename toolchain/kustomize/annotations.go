package main

import (
	"bytes"
	"path"
	"strings"

	"sigs.k8s.io/kustomize/api/resmap"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// The annotation that tells an object's origin. Kustomize takes annotations with this prefix over to what a JSON patch
// makes of an object.
const (
	originAnnotation = "internal.config.kubernetes.io/portcullis-origin"
	loadedFrom       = "path:"
	configuredIn     = "configuredIn:"
)

// annotatedOrigins fills in what is not known by building once more, with an annotation for each object. It is a build
// beside the real one because an annotation more can change what patches do: `add /metadata/annotations/x` fails where
// there are none. Kustomize's own annotations would do, but it records every transformation with them, which takes many
// times as long as the build.
func (b *builder) annotatedOrigins(plain resmap.ResMap, list []*origin, annotated map[string][]byte) {
	b.files.instead = annotated
	built, err := b.build()
	b.files.instead = nil
	if err != nil || built.Size() != plain.Size() {
		return
	}
	for i, one := range built.Resources() {
		if list[i] != nil || one.CurId() != plain.Resources()[i].CurId() {
			continue
		}
		value := one.GetAnnotations()[originAnnotation]
		if file, found := strings.CutPrefix(value, loadedFrom); found {
			list[i] = &origin{Path: file}
		} else if file, found := strings.CutPrefix(value, configuredIn); found {
			list[i] = &origin{ConfiguredIn: file}
		}
	}
}

// annotations has the files of a root with an annotation for each object and generator. Files that could come to mean
// something else stay as they are.
func (s *surveyed) annotations(files *tree, m *marks) map[string][]byte {
	annotated := map[string][]byte{}
	for _, document := range m.documents {
		full := path.Join(mount, document.file)
		if m.otherwise[full] {
			continue
		}
		text := annotated[full]
		if text != nil {
			text = append(text, "---\n"...)
		}
		annotated[full] = append(text, document.annotated()...)
	}
	for _, one := range s.generators {
		full := path.Join(mount, one.file)
		if _, known := annotated[full]; known {
			continue
		}
		if text, err := edit(files.files[full], annotateGenerators(configuredIn+one.file)); err == nil {
			annotated[full] = text
		}
	}
	return annotated
}

func (d *markedDocument) annotated() []byte {
	var text bytes.Buffer
	for i, node := range d.roots() {
		if i > 0 {
			text.WriteString("---\n")
		}
		if err := annotate(node, d.file); err != nil {
			return d.text
		}
		document, err := node.String()
		if err != nil {
			return d.text
		}
		text.WriteString(document)
	}
	return text.Bytes()
}

func annotate(node *yaml.RNode, file string) error {
	if generatedBy[node.GetKind()] == "" {
		return node.PipeE(yaml.SetAnnotation(originAnnotation, loadedFrom+file))
	}
	if textOf(node, "behavior") == "merge" {
		return nil
	}
	value := yaml.NewScalarRNode(configuredIn + file)
	return node.PipeE(yaml.LookupCreate(yaml.MappingNode, "options", "annotations"), yaml.SetField(originAnnotation, value))
}

// annotateGenerators changes the generators of a kustomization, except those that merge: these leave an object its
// origin.
func annotateGenerators(origin string) func(fields map[string]any) {
	return func(fields map[string]any) {
		for field := range generatedKind {
			listed, _ := fields[field].([]any)
			for _, one := range listed {
				entry, isObject := one.(map[string]any)
				if !isObject || entry["behavior"] == "merge" {
					continue
				}
				inner(inner(entry, "options"), "annotations")[originAnnotation] = origin
			}
		}
	}
}

// inner is the object in a field, which is made where there is none.
func inner(fields map[string]any, name string) map[string]any {
	found, isObject := fields[name].(map[string]any)
	if !isObject {
		found = map[string]any{}
		fields[name] = found
	}
	return found
}
