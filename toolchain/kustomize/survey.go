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

func (r reference) isResource() bool {
	return r.field == "resources" || r.field == "bases"
}

// surveyed is what the kustomizations of a root refer to.
type surveyed struct {
	references   []reference
	generators   []generator
	charts       []chartEntry
	patches      []patch
	naming       naming
	customSchema bool
}

// patch is an entry of patches: its text, or the file that has it.
type patch struct {
	file string
	line int
	path string
	text string
}

// generator is an entry that makes a ConfigMap or a Secret, or merges with one.
type generator struct {
	kind, name, behavior, file string
}

// makes tells whether an object comes from this generator: one that is merged with comes from where it was before.
func (g generator) makes(kind, name string, by *naming) bool {
	return g.kind == kind && g.behavior != "merge" && by.canBecome(g.name, name, true)
}

// survey follows a root's kustomizations without building. What does not parse is left to the build to complain about.
func survey(files *tree, root string) *surveyed {
	type visit struct{ directory, namespace string }
	found := &surveyed{}
	visited, read := map[visit]bool{}, map[string][]reference{}
	pending := []visit{{directory: root}}
	for len(pending) > 0 {
		next := pending[len(pending)-1]
		pending = pending[:len(pending)-1]
		if visited[next] {
			continue
		}
		visited[next] = true
		for _, name := range konfig.RecognizedKustomizationFileNames() {
			file := path.Join(next.directory, name)
			content, known := files.files[file]
			if !known {
				continue
			}
			document, err := yaml.Parse(string(content))
			if err != nil {
				continue
			}
			if _, again := read[file]; !again {
				read[file] = found.read(file, document)
			}
			found.charts = append(found.charts, chartEntries(file, content, document, next.namespace)...)
			found.charts = append(found.charts, chartGenerators(file, document, files)...)
			namespace := next.namespace
			if own := textOf(document, "namespace"); own != "" {
				namespace = own
			}
			for _, one := range read[file] {
				if target := path.Join(next.directory, one.value); one.loads && files.IsDir(target) {
					pending = append(pending, visit{target, namespace})
				}
			}
		}
	}
	found.naming.readPatches(found.patches, files)
	return found
}

// chartsToRender refuses a chart that two overlays would have rendered for different namespaces: there is one file for it.
func (s *surveyed) chartsToRender(files *tree) ([]chart, *failure) {
	var charts []chart
	known := map[string]string{}
	for _, entry := range s.charts {
		place := fmt.Sprintf("%s:%d:%d", entry.file, entry.line, entry.index)
		if namespace, again := known[place]; again {
			if namespace != entry.Namespace {
				return nil, entry.fail("is rendered for the namespaces %q and %q: give the entry one of its own", namespace, entry.Namespace)
			}
			continue
		}
		known[place] = entry.Namespace
		one, failure := entry.toRender(files)
		if failure != nil {
			return nil, failure
		}
		charts = append(charts, one)
	}
	return charts, nil
}

var loadedFields = []string{"resources", "bases", "components", "generators", "transformers", "validators"}

var fileFields = []string{"crds", "configurations", "patchesStrategicMerge"}

var pathFields = []string{"patches", "patchesJson6902", "replacements"}

func (s *surveyed) read(file string, document *yaml.RNode) []reference {
	first := len(s.references)
	s.naming.read(document)
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
			s.patches = append(s.patches, patch{file: file, line: node.YNode().Line, path: textOf(node, "path"), text: textOf(node, "patch")})
		}
	}
	for _, node := range items(document, "patchesStrategicMerge") {
		s.patches = append(s.patches, patch{file: file, line: node.YNode().Line, path: node.YNode().Value, text: node.YNode().Value})
	}
	for _, node := range items(document, "generators") {
		// One that is written in place.
		if one, err := yaml.Parse(node.YNode().Value); err == nil && generatedBy[textOf(one, "kind")] != "" {
			s.generators = append(s.generators, generator{kind: generatedBy[one.GetKind()], name: one.GetName(), behavior: textOf(one, "behavior"), file: inTree(file)})
		}
	}
	for _, field := range []string{"configMapGenerator", "secretGenerator"} {
		for _, entry := range items(document, field) {
			s.generators = append(s.generators, generator{kind: generatedKind[field], name: textOf(entry, "name"), behavior: textOf(entry, "behavior"), file: inTree(file)})
			for _, list := range []string{"files", "envs"} {
				for _, node := range items(entry, list) {
					add(field, node.YNode(), false)
				}
			}
			if at := entry.Field("env"); at != nil {
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

// generatedKind is by the field of a kustomization, generatedBy by the kind of a generator's own configuration.
var generatedKind = map[string]string{"configMapGenerator": "ConfigMap", "secretGenerator": "Secret"}
var generatedBy = map[string]string{"ConfigMapGenerator": "ConfigMap", "SecretGenerator": "Secret"}

func textOf(node *yaml.RNode, field string) string {
	if node == nil || node.YNode() == nil || node.YNode().Kind != yaml.MappingNode {
		return ""
	}
	if at := node.Field(field); at != nil && at.Value != nil && at.Value.YNode() != nil {
		return at.Value.YNode().Value
	}
	return ""
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

// isRemote tells whether Kustomize would go to the network, or to another repository, for it.
func (r reference) isRemote() bool {
	value := r.value
	if _, source, found := strings.Cut(value, "="); found && strings.HasSuffix(r.field, "Generator") {
		value = source
	}
	if address, err := url.Parse(value); err == nil && (address.Scheme == "http" || address.Scheme == "https") {
		return true
	}
	return r.loads && isRepository(value)
}

// remote names the first reference that leads out of the tree: the build would end in words about a missing network.
func (s *surveyed) remote(files *tree) *failure {
	for _, one := range s.references {
		if _, local := files.files[path.Join(path.Dir(one.file), one.value)]; local || !one.isRemote() {
			continue
		}
		return &failure{
			Message: fmt.Sprintf("%s (%s) is not in this repository, and nothing is fetched: keep a copy in this repository and name it under `kustomize.vendored`", one.value, one.field),
			Path:    inTree(one.file),
			Line:    one.line,
		}
	}
	return nil
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
