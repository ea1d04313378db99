package main

import (
	"bytes"
	"fmt"
	"path"
	"regexp"
	"strconv"
	"strings"

	"sigs.k8s.io/kustomize/api/resource"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// A mark is a comment in front of a document that is loaded as a resource. Comments never reach the output, and this one
// stays with the document's node for as long as Kustomize keeps that: nearly always. So one build gives both manifests
// and origins.
type marks struct {
	documents []*markedDocument
	// otherwise has the files that are not only resources, such as the content of a ConfigMap: they stay as they are.
	otherwise map[string]bool
}

// markPrefix begins a mark; the document's index follows.
const markPrefix = "#portcullis:"

var (
	separator        = regexp.MustCompile(`\n---.*\r?\n`)
	leadingSeparator = regexp.MustCompile(`^---[ \t]*(#.*)?\r?\n`)
)

// addFile adds a file's documents, and returns its text with a mark for each, or nil where that could change what it
// means.
func (m *marks) addFile(file string, content []byte) []byte {
	content = leadingSeparator.ReplaceAll(content, nil)
	var marked bytes.Buffer
	at := 0
	for _, found := range append(separator.FindAllIndex(content, -1), []int{len(content), len(content)}) {
		fmt.Fprintf(&marked, "%s%d\n\n", markPrefix, len(m.documents))
		m.documents = append(m.documents, &markedDocument{file: file, text: content[at:found[0]]})
		marked.Write(content[at:found[1]])
		at = found[1]
	}
	if bytes.HasPrefix(content, []byte("---")) || bytes.HasPrefix(content, []byte("%")) || bytes.HasPrefix(content, []byte("\xef\xbb\xbf")) {
		return nil
	}
	return marked.Bytes()
}

// of is the index of a resource's document, or -1.
func (m *marks) of(one *resource.Resource) int {
	comment := one.Document().HeadComment
	rest, found := strings.CutPrefix(comment, markPrefix)
	if !found {
		return -1
	}
	digits, _, _ := strings.Cut(rest, "\n")
	index, err := strconv.Atoi(digits)
	if err != nil || index < 0 || index >= len(m.documents) {
		return -1
	}
	return index
}

// origins leaves out those whose mark was lost, where their names do not tell.
func (m *marks) origins(resources []*resource.Resource, found *surveyed, files *tree) (list []*origin, complete bool) {
	list, complete = make([]*origin, len(resources)), true
	for i, one := range resources {
		if index := m.of(one); index >= 0 {
			document := m.documents[index]
			list[i] = &origin{Path: document.file}
			// What was loaded once is printed once.
			document.printed = files.read[path.Join(mount, document.file)] == 1
		}
	}
	for i, one := range resources {
		if list[i] == nil {
			list[i] = m.byName(one.GetKind(), one.GetName(), found)
			complete = complete && list[i] != nil
		}
	}
	return list, complete
}

// byName is the one origin that an object of this kind and name can have, or nil.
func (m *marks) byName(kind, name string, found *surveyed) *origin {
	if found.naming.free && !(hashed[kind] && hasHash(name)) {
		return nil
	}
	var only *origin
	several := false
	add := func(one origin) {
		several = several || only != nil && *only != one
		only = &one
	}
	for _, made := range found.generators {
		if made.makes(kind, name, &found.naming) {
			add(origin{ConfiguredIn: made.file})
		}
	}
	for _, document := range m.documents {
		if document.printed || !bytes.Contains(document.text, []byte(kind)) {
			continue
		}
		for _, object := range document.objects() {
			if object.kind == kind && found.naming.canBecome(object.name, name, hashed[kind]) {
				add(origin{Path: document.file})
			}
		}
		for _, made := range document.generators() {
			if made.makes(kind, name, &found.naming) {
				add(origin{ConfiguredIn: document.file})
			}
		}
	}
	if several {
		return nil
	}
	return only
}

// markedDocument is a document of a file of the tree.
type markedDocument struct {
	file string
	text []byte
	// printed: another object is known to be this one.
	printed bool
	parsed  bool
	nodes   []*yaml.RNode
	named   []namedObject
}

type namedObject struct{ kind, name string }

// roots are the objects of the document: of a list its items, which have no mark. None where it does not parse.
func (d *markedDocument) roots() []*yaml.RNode {
	if d.parsed {
		return d.nodes
	}
	d.parsed = true
	node, err := yaml.Parse(string(d.text))
	if err != nil {
		return nil
	}
	objects := []*yaml.RNode{node}
	if listed := items(node, "items"); strings.HasSuffix(textOf(node, "kind"), "List") && listed != nil {
		objects = listed
	}
	for _, object := range objects {
		if object.YNode() == nil || object.YNode().Kind != yaml.MappingNode {
			continue
		}
		d.nodes = append(d.nodes, object)
		if name := object.GetName(); name != "" {
			d.named = append(d.named, namedObject{kind: object.GetKind(), name: name})
		}
	}
	return d.nodes
}

func (d *markedDocument) objects() []namedObject {
	d.roots()
	return d.named
}

// generators are the configurations of generators in the document, as `generators` of a kustomization loads them.
func (d *markedDocument) generators() []generator {
	var found []generator
	for _, node := range d.roots() {
		if made := generatedBy[node.GetKind()]; made != "" {
			found = append(found, generator{kind: made, name: node.GetName(), behavior: textOf(node, "behavior"), file: d.file})
		}
	}
	return found
}

// markResources adds every file that the kustomizations name as a resource or generator, and marks the resources that
// are nothing else.
func (s *surveyed) markResources(files *tree) (*marks, map[string][]byte) {
	m, marked := &marks{otherwise: map[string]bool{}}, map[string][]byte{}
	resources, added := map[string]bool{}, map[string]bool{}
	for _, one := range s.references {
		full := path.Join(path.Dir(one.file), one.value)
		if one.isResource() {
			resources[full] = true
		} else if one.field != "generators" {
			_, source, _ := strings.Cut(one.value, "=")
			m.otherwise[path.Join(path.Dir(one.file), source)] = true
			m.otherwise[full] = true
		}
	}
	for _, one := range s.references {
		full := path.Join(path.Dir(one.file), one.value)
		content, found := files.files[full]
		if added[full] || !found || !one.isResource() && one.field != "generators" {
			continue
		}
		added[full] = true
		if text := m.addFile(inTree(full), content); text != nil && resources[full] && !m.otherwise[full] {
			marked[full] = text
		}
	}
	return m, marked
}

var lineNumber = regexp.MustCompile(`\bline \d+`)

// showsMarks tells whether a failure's text would read otherwise without marks.
func showsMarks(err error) bool {
	text := err.Error()
	return strings.Contains(text, markPrefix) || lineNumber.MatchString(text)
}
