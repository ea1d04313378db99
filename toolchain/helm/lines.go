package main

import (
	"encoding/json"
	"strconv"
	"strings"

	"helm.sh/helm/v3/pkg/releaseutil"
	"portcullis.dev/toolchain/helm/origin"
)

type linedDocument struct {
	document
	Lines []*origin.Line `json:"lines"`
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
	for _, file := range rendered {
		for _, line := range file.Lines {
			if line != nil {
				line.Template = ready.paths.of(line.Template)
			}
		}
	}
	found := map[string]map[string][][]*origin.Line{}
	for name, file := range rendered {
		found[name] = linesOfDocuments(file)
	}
	lined := []linedDocument{}
	for _, one := range documents {
		with := linedDocument{document: one}
		if known := found[one.Source][one.Yaml]; !one.Crd && len(known) > 0 {
			with.Lines = known[0]
			found[one.Source][one.Yaml] = known[1:]
		}
		lined = append(lined, with)
	}
	return map[string][]linedDocument{"documents": lined}, nil, nil
}

// linesOfDocuments cuts the lines of a file as Helm cuts its text, by the text of each document.
func linesOfDocuments(file origin.File) map[string][][]*origin.Line {
	cut := map[string][][]*origin.Line{}
	entries := releaseutil.SplitManifests(file.Text)
	at := 0
	for number := range len(entries) {
		text := entries[manifestKey(number)]
		start := strings.Index(file.Text[at:], text)
		if text == "" || start == -1 {
			continue
		}
		start += at
		at = start + len(text)
		first := strings.Count(file.Text[:start], "\n")
		cut[text] = append(cut[text], file.Lines[first:first+strings.Count(text, "\n")+1])
	}
	return cut
}

func manifestKey(number int) string { return "manifest-" + strconv.Itoa(number) }
