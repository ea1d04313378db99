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
// and origins, where Kustomize's own origin annotations take a second build, three times as slow.
type marks struct {
	documents []markedDocument
}

type markedDocument struct {
	// file is the path of the tree, text what stands behind the mark.
	file string
	text []byte
}

const markPrefix = "#portcullis:"

var (
	separator        = regexp.MustCompile(`\n---.*\r?\n`)
	leadingSeparator = regexp.MustCompile(`^---[ \t]*(#.*)?\r?\n`)
)

// mark returns a file's text with a mark for each document, or nil where that could change what it means.
func (m *marks) mark(file string, content []byte) []byte {
	content = leadingSeparator.ReplaceAll(content, nil)
	if bytes.HasPrefix(content, []byte("---")) || bytes.HasPrefix(content, []byte("%")) || bytes.HasPrefix(content, []byte("\xef\xbb\xbf")) {
		return nil
	}
	var marked bytes.Buffer
	at := 0
	for _, found := range append(separator.FindAllIndex(content, -1), []int{len(content), len(content)}) {
		fmt.Fprintf(&marked, "%s%d\n\n", markPrefix, len(m.documents))
		m.documents = append(m.documents, markedDocument{file: file, text: content[at:found[0]]})
		marked.Write(content[at:found[1]])
		at = found[1]
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

// origins leaves out those whose mark was lost where more than one document, or none, may be the one it stood at.
func (m *marks) origins(resources []*resource.Resource, generators []generator) (list []*origin, complete bool) {
	list, complete = make([]*origin, len(resources)), true
	for i, one := range resources {
		if index := m.of(one); index >= 0 {
			list[i] = &origin{Path: m.documents[index].file}
			continue
		}
		list[i] = m.only(one, generators)
		complete = complete && list[i] != nil
	}
	return list, complete
}

// only is the one origin that this resource can have: something of its kind whose name is within the resource's.
func (m *marks) only(one *resource.Resource, generators []generator) *origin {
	var found []origin
	kind, name := one.GetKind(), one.GetName()
	for _, made := range generators {
		if made.kind == kind && made.name != "" && strings.Contains(name, made.name) {
			found = append(found, origin{ConfiguredIn: made.file})
		}
	}
	for _, document := range m.documents {
		if bytes.Contains(document.text, []byte(kind)) {
			for range document.like(kind, name) {
				found = append(found, origin{Path: document.file})
			}
		}
	}
	if len(found) != 1 {
		return nil
	}
	return &found[0]
}

// like has the objects of a document that can have become one of this kind and name. Those of a list have no mark.
func (d markedDocument) like(kind, name string) (found []*yaml.RNode) {
	node, err := yaml.Parse(string(d.text))
	if err != nil {
		return nil
	}
	objects := []*yaml.RNode{node}
	if strings.HasSuffix(node.GetKind(), "List") {
		objects = items(node, "items")
	}
	for _, object := range objects {
		if own := object.GetName(); object.GetKind() == kind && own != "" && strings.Contains(name, own) {
			found = append(found, object)
		}
	}
	return found
}

// markResources marks every file that the kustomizations name as a resource, and as nothing else.
func (s *surveyed) markResources(files *tree) (*marks, map[string][]byte) {
	otherwise := map[string]bool{}
	for _, one := range s.references {
		if one.field != "resources" && one.field != "bases" {
			_, source, found := strings.Cut(one.value, "=")
			if found {
				otherwise[path.Join(path.Dir(one.file), source)] = true
			}
			otherwise[path.Join(path.Dir(one.file), one.value)] = true
		}
	}
	m, marked := &marks{}, map[string][]byte{}
	for _, one := range s.references {
		full := path.Join(path.Dir(one.file), one.value)
		content, found := files.files[full]
		if _, again := marked[full]; again || !found || otherwise[full] || (one.field != "resources" && one.field != "bases") {
			continue
		}
		if text := m.mark(inTree(full), content); text != nil {
			marked[full] = text
		}
	}
	return m, marked
}
