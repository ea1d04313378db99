package main

import (
	"regexp"
	"strconv"
	"strings"
)

// failure is what a chart or its values brought about, with the file of the chart and its line where they are known.
type failure struct {
	Message string `json:"message"`
	Path    string `json:"path,omitempty"`
	Line    int    `json:"line,omitempty"`
}

func (f failure) Error() string { return f.Message }

var (
	// `parse error at (web/templates/a.yaml:3): …`, `execution error at (web/templates/a.yaml:3:5): …`
	inParentheses = regexp.MustCompile(`^(?:parse|execution) error (?:at|in) \(([^():]+)(?::(\d+))?(?::\d+)?\)`)
	// `template: web/templates/a.yaml:3:5: executing …`
	afterTemplate = regexp.MustCompile(`^template: ([^:]+):(\d+)(?::\d+)?: `)
	// `YAML parse error on web/templates/a.yaml: …`
	ofDocument = regexp.MustCompile(`^YAML parse error on (\S+): `)
	// `cannot load values.yaml: …: yaml: line 3: …`
	loading  = regexp.MustCompile(`^cannot load (\S+): `)
	yamlLine = regexp.MustCompile(`yaml: line (\d+): `)
)

// renderFailure says where a template failed: Helm has the place in its text only.
func renderFailure(err error, paths chartPaths) failure {
	message := err.Error()
	for _, pattern := range []*regexp.Regexp{inParentheses, afterTemplate} {
		if found := pattern.FindStringSubmatch(message); found != nil {
			line, _ := strconv.Atoi(found[2])
			return failure{Message: message, Path: paths.of(found[1]), Line: line}
		}
	}
	if found := ofDocument.FindStringSubmatch(message); found != nil {
		return failure{Message: message, Path: paths.of(found[1])}
	}
	return failure{Message: message}
}

func loadFailure(err error) failure {
	message := err.Error()
	found := loading.FindStringSubmatch(message)
	if found == nil || strings.Contains(found[1], "/") {
		return failure{Message: message}
	}
	line := 0
	if at := yamlLine.FindStringSubmatch(message); at != nil {
		line, _ = strconv.Atoi(at[1])
	}
	return failure{Message: message, Path: found[1], Line: line}
}
