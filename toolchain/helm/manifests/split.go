// Package manifests does what Helm does with what a chart printed, without regular expressions and, for a document that is
// written plainly, without reading all of it as YAML: in WebAssembly both take longer than rendering.
package manifests

import "strings"

// Split cuts a file into documents, trimmed and in order, as Helm's SplitManifests does.
func Split(text string) []string {
	text = strings.TrimSpace(text)
	var documents []string
	add := func(document string) {
		if document != "" {
			documents = append(documents, strings.TrimSpace(document))
		}
	}
	begin := 0
	for at := nextSeparator(text, 0); at != -1; at = nextSeparator(text, begin) {
		end := at
		for end > begin && isBlank(text[end-1]) {
			end--
		}
		add(text[begin:end])
		begin = at + len(separator)
		for begin < len(text) && isBlank(text[begin]) {
			begin++
		}
	}
	add(text[begin:])
	return documents
}

const separator = "---"

// nextSeparator finds the next separator that starts the text, or a line of which the line break lies after `from`.
func nextSeparator(text string, from int) int {
	if from == 0 && strings.HasPrefix(text, separator) {
		return 0
	}
	for at := from; ; {
		line := strings.IndexByte(text[at:], '\n')
		if line == -1 {
			return -1
		}
		at += line + 1
		if strings.HasPrefix(text[at:], separator) {
			return at
		}
	}
}

func isBlank(one byte) bool {
	return one == ' ' || one == '\n' || one == '\t' || one == '\r' || one == '\f'
}

// SplitStream cuts a file at lines that are nothing but a separator, whatever stands after a blank there. What lies between is
// given as it stands, unless it is blank.
func SplitStream(text string) []string {
	var parts []string
	add := func(part string) {
		if strings.TrimSpace(part) != "" {
			parts = append(parts, part)
		}
	}
	begin := 0
	for start := 0; start < len(text); {
		end, next := len(text), len(text)
		if line := strings.IndexByte(text[start:], '\n'); line != -1 {
			end, next = start+line, start+line+1
		}
		if isSeparatorLine(text[start:end]) {
			add(text[begin:start])
			begin = next
		}
		start = next
	}
	add(text[begin:])
	return parts
}

func isSeparatorLine(line string) bool {
	rest, isSeparator := strings.CutPrefix(line, separator)
	return isSeparator && (rest == "" || rest == "\r" || rest[0] == ' ' || rest[0] == '\t')
}
