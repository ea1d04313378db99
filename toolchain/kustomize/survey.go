package main

import (
	"fmt"
	"net/url"
	"path"
	"strings"

	"sigs.k8s.io/kustomize/api/konfig"
	"sigs.k8s.io/kustomize/kyaml/yaml"
	k8syaml "sigs.k8s.io/yaml"
)

// reference is one entry of a kustomization that names something to load.
type reference struct {
	file  string
	line  int
	field string
	value string
	// A directory or file of manifests, or else always a file.
	loads bool
}

// surveyed is what the kustomizations of a root refer to.
type surveyed struct {
	references   []reference
	customSchema bool
}

// survey follows a root's kustomizations without building. What does not parse is left to the build to complain about.
func survey(files *tree, root string) *surveyed {
	found := &surveyed{}
	visited := map[string]bool{}
	pending := []string{root}
	for len(pending) > 0 {
		directory := pending[len(pending)-1]
		pending = pending[:len(pending)-1]
		if visited[directory] {
			continue
		}
		visited[directory] = true
		for _, name := range konfig.RecognizedKustomizationFileNames() {
			file := path.Join(directory, name)
			content, known := files.files[file]
			if !known {
				continue
			}
			for _, one := range found.read(file, content) {
				if target := path.Join(directory, one.value); one.loads && files.IsDir(target) {
					pending = append(pending, target)
				}
			}
		}
	}
	return found
}

var loadedFields = []string{"resources", "bases", "components", "generators", "transformers", "validators"}

var fileFields = []string{"crds", "configurations", "patchesStrategicMerge"}

var pathFields = []string{"patches", "patchesJson6902", "replacements"}

func (s *surveyed) read(file string, content []byte) []reference {
	document, err := yaml.Parse(string(content))
	if err != nil {
		return nil
	}
	first := len(s.references)
	add := func(field string, node *yaml.Node, loads bool) {
		if node == nil || node.Kind != yaml.ScalarNode || node.Value == "" || strings.Contains(node.Value, "\n") {
			return
		}
		s.references = append(s.references, reference{file: file, line: node.Line, field: field, value: node.Value, loads: loads})
	}
	for _, field := range loadedFields {
		for _, node := range items(document, field) {
			add(field, node.YNode(), true)
		}
	}
	for _, field := range fileFields {
		for _, node := range items(document, field) {
			add(field, node.YNode(), false)
		}
	}
	for _, field := range pathFields {
		for _, node := range items(document, field) {
			if at := node.Field("path"); at != nil {
				add(field, at.Value.YNode(), false)
			}
		}
	}
	for _, field := range []string{"configMapGenerator", "secretGenerator"} {
		for _, generator := range items(document, field) {
			for _, list := range []string{"files", "envs"} {
				for _, node := range items(generator, list) {
					add(field, node.YNode(), false)
				}
			}
			if at := generator.Field("env"); at != nil {
				add(field, at.Value.YNode(), false)
			}
		}
	}
	if at := document.Field("openapi"); at != nil && at.Value != nil {
		s.customSchema = true
		if at := at.Value.Field("path"); at != nil {
			add("openapi", at.Value.YNode(), false)
		}
	}
	return s.references[first:]
}

func items(node *yaml.RNode, field string) []*yaml.RNode {
	if node == nil || node.YNode() == nil || node.YNode().Kind != yaml.MappingNode {
		return nil
	}
	at := node.Field(field)
	if at == nil || at.Value == nil || at.Value.YNode() == nil || at.Value.YNode().Kind != yaml.SequenceNode {
		return nil
	}
	elements, err := at.Value.Elements()
	if err != nil {
		return nil
	}
	return elements
}

// remote tells whether Kustomize would go to the network, or to another repository, for it.
func (r reference) remote() bool {
	value := r.value
	if _, source, found := strings.Cut(value, "="); found && !r.loads && strings.HasSuffix(r.field, "Generator") {
		value = source
	}
	if address, err := url.Parse(value); err == nil && (address.Scheme == "http" || address.Scheme == "https") {
		return true
	}
	return r.loads && isRepository(value)
}

// vendor exchanges remote references for the directories that stand in for them; the first one without is named.
func (s *surveyed) vendor(files *tree, vendored map[string]string) *failure {
	for _, one := range s.references {
		if _, local := files.files[path.Join(path.Dir(one.file), one.value)]; local || !one.remote() {
			continue
		}
		directory, known := vendored[one.value]
		if !known {
			return &failure{
				Message: fmt.Sprintf("%s names %s, which lies outside of this tree and is never fetched: vendor it and say so under kustomize.vendored", one.field, one.value),
				Path:    inTree(one.file),
				Line:    one.line,
			}
		}
		if trouble := one.replace(files, directory); trouble != nil {
			return trouble
		}
	}
	return nil
}

func (r reference) replace(files *tree, directory string) *failure {
	relative := relativeTo(path.Dir(r.file), path.Join(mount, directory))
	edited, err := edit(files.files[r.file], func(fields map[string]any) {
		list, _ := fields[r.field].([]any)
		for i, value := range list {
			if value == r.value {
				list[i] = relative
			}
		}
	})
	if err != nil || !r.loads {
		return &failure{Message: fmt.Sprintf("%s cannot be replaced by its vendored copy", r.value), Path: inTree(r.file), Line: r.line}
	}
	files.files[r.file] = edited
	return nil
}

func relativeTo(from, to string) string {
	up := ""
	for from != "/" && to != from && !strings.HasPrefix(to, strings.TrimSuffix(from, "/")+"/") {
		from, up = path.Dir(from), up+"../"
	}
	return path.Clean(up + "./" + strings.TrimPrefix(strings.TrimPrefix(to, from), "/"))
}

// edit changes the fields of a kustomization. What it reads like otherwise does not matter to Kustomize.
func edit(kustomization []byte, change func(fields map[string]any)) ([]byte, error) {
	var fields map[string]any
	if err := k8syaml.Unmarshal(kustomization, &fields); err != nil {
		return nil, err
	}
	change(fields)
	return k8syaml.Marshal(fields)
}

// explain puts what is missing, and where it is named, before Kustomize's own words.
func (s *surveyed) explain(files *tree, err error) *failure {
	text := shown(err)
	for _, one := range s.references {
		target := path.Join(path.Dir(one.file), one.value)
		at := func(format string) *failure {
			return &failure{Message: fmt.Sprintf(format, one.field, one.value) + ": " + text, Path: inTree(one.file), Line: one.line}
		}
		switch {
		case strings.Contains(one.value, "=") || strings.Contains(one.value, ": ") || strings.HasPrefix(one.value, "{"):
			continue
		case path.IsAbs(one.value):
			return at("%s names %s, an absolute path")
		case target != mount && !strings.HasPrefix(target, mount+"/"):
			return at("%s names %s, which leaves the tree")
		case !files.Exists(target):
			return at("%s names %s, which is not in the tree")
		}
	}
	return &failure{Message: text}
}
