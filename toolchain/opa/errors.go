package main

import (
	"errors"
	"sort"
	"strings"
	"unicode/utf16"

	"github.com/open-policy-agent/opa/v1/ast"
)

// regoError is an error at its place; line and column are 1-based, columns count UTF-16 code units.
type regoError struct {
	Path    string   `json:"path"`
	Line    int      `json:"line"`
	Column  int      `json:"column"`
	Code    string   `json:"code"`
	Message string   `json:"message"`
	Details []string `json:"details,omitempty"`
}

func errorAt(location *ast.Location, code, message string) regoError {
	if location == nil {
		return regoError{Code: code, Message: message}
	}
	return regoError{Path: location.File, Line: location.Row, Column: location.Col, Code: code, Message: message}
}

func fromAst(path string, err error) []regoError {
	var many ast.Errors
	if !errors.As(err, &many) {
		var one *ast.Error
		if !errors.As(err, &one) {
			return []regoError{{Path: path, Code: "rego_compile_error", Message: err.Error()}}
		}
		many = ast.Errors{one}
	}
	found := make([]regoError, 0, len(many))
	for _, e := range many {
		next := errorAt(e.Location, e.Code, e.Message)
		if next.Path == "" {
			next.Path = path
		}
		// A parse error's details repeat the source line, which the reader of a report has.
		if e.Details != nil && e.Code != ast.ParseErr {
			for _, line := range e.Details.Lines() {
				if strings.TrimSpace(line) != "" {
					next.Details = append(next.Details, line)
				}
			}
		}
		found = append(found, next)
	}
	return found
}

// finish orders errors, drops repetitions and turns OPA's columns, which count code points, into UTF-16 code units.
func finish(found []regoError, texts map[string]string) []regoError {
	sort.SliceStable(found, func(i, j int) bool {
		a, b := found[i], found[j]
		if a.Path != b.Path {
			return a.Path < b.Path
		}
		if a.Line != b.Line {
			return a.Line < b.Line
		}
		return a.Column < b.Column
	})
	out := make([]regoError, 0, len(found))
	for _, e := range found {
		e = onText(e, texts[e.Path])
		if n := len(out); n > 0 && out[n-1].Path == e.Path && out[n-1].Line == e.Line && out[n-1].Message == e.Message {
			continue
		}
		out = append(out, e)
	}
	return out
}

// onText puts an error on a line that exists: OPA reports an unexpected end one line past the last, and an empty file on
// none.
func onText(e regoError, text string) regoError {
	lines := strings.Count(strings.TrimRight(text, "\r\n"), "\n") + 1
	switch {
	case e.Path == "":
	case e.Line < 1:
		e.Line, e.Column = 1, 1
	case e.Line > lines:
		e.Line, e.Column = lines, 1
	default:
		e.Column = utf16Column(text, e.Line, e.Column)
	}
	return e
}

func utf16Column(text string, row, column int) int {
	if column <= 1 || row < 1 {
		return column
	}
	lines := strings.SplitN(text, "\n", row+1)
	if len(lines) < row {
		return column
	}
	runes := []rune(lines[row-1])
	if column-1 > len(runes) {
		return column
	}
	return len(utf16.Encode(runes[:column-1])) + 1
}
