package main

import (
	"encoding/json"
	"strings"

	"portcullis.dev/toolchain/helm/manifests"
	"portcullis.dev/toolchain/helm/origin"
)

// linesAnswer has everything that lines share once: of a large chart they are many, and alike.
type linesAnswer struct {
	Documents []document `json:"documents"`
	// For each document the lines that are known, four numbers each: template, line there, values, guards. -1: none.
	Lines     [][]int    `json:"lines"`
	Templates []string   `json:"templates"`
	Pointers  [][]string `json:"pointers"`
}

// helmLinesOperation renders once more with templates that say where they are. The host compares each document with what
// the plain render gave, and forgets the lines of those that differ.
func helmLinesOperation(text json.RawMessage, blob []byte) (any, []byte, error) {
	request, ready, err := prepare(text, blob)
	if err != nil {
		return failed(err)
	}
	rendered, err := origin.Render(ready.chart, ready.values)
	if err != nil {
		return failed(renderFailure(err, ready.paths))
	}
	files := map[string]string{}
	for name, file := range rendered {
		files[name] = file.Text
	}
	documents, err := documentsOf(files, ready, request.IncludeCrds)
	if err != nil {
		return failed(renderFailure(err, ready.paths))
	}
	found := map[string]map[string][][]*origin.Line{}
	for name, file := range rendered {
		found[name] = linesOfDocuments(file)
	}
	lined := &lining{paths: ready.paths, templates: map[string]int{}, pointers: map[string]int{}}
	for _, one := range documents {
		var lines []*origin.Line
		if known := found[one.source][one.yaml]; !one.crd && len(known) > 0 {
			lines = known[0]
			found[one.source][one.yaml] = known[1:]
		}
		lined.add(lines)
	}
	lined.answer.Documents = documents
	return lined.answer, textsOf(documents), nil
}

// lining gathers lines for the answer.
type lining struct {
	answer              linesAnswer
	paths               chartPaths
	templates, pointers map[string]int
}

func (l *lining) add(lines []*origin.Line) {
	numbers := make([]int, 0, 4*len(lines))
	for _, line := range lines {
		if line == nil {
			numbers = append(numbers, -1, 0, -1, -1)
			continue
		}
		numbers = append(numbers, l.template(line.Template), line.Line, l.set(line.Values), l.set(line.Guards))
	}
	l.answer.Lines = append(l.answer.Lines, numbers)
}

func (l *lining) template(name string) int {
	number, known := l.templates[name]
	if !known {
		number = len(l.answer.Templates)
		l.templates[name] = number
		l.answer.Templates = append(l.answer.Templates, l.paths.of(name))
	}
	return number
}

func (l *lining) set(pointers []string) int {
	if len(pointers) == 0 {
		return -1
	}
	key := strings.Join(pointers, "\n")
	number, known := l.pointers[key]
	if !known {
		number = len(l.answer.Pointers)
		l.pointers[key] = number
		l.answer.Pointers = append(l.answer.Pointers, pointers)
	}
	return number
}

// linesOfDocuments cuts the lines of a file as Helm cuts its text, by the text of each document.
func linesOfDocuments(file origin.File) map[string][][]*origin.Line {
	cut := map[string][][]*origin.Line{}
	at, line := 0, 0
	for _, text := range manifests.Split(file.Text) {
		skipped := strings.Index(file.Text[at:], text)
		if text == "" || skipped == -1 {
			continue
		}
		line += strings.Count(file.Text[at:at+skipped], "\n")
		within := strings.Count(text, "\n")
		cut[text] = append(cut[text], file.Lines[line:line+within+1])
		at += skipped + len(text)
		line += within
	}
	return cut
}
