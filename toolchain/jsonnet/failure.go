package main

import (
	"errors"
	"regexp"
	"strconv"
	"strings"

	"github.com/google/go-jsonnet"
	"github.com/google/go-jsonnet/ast"
)

// failure says why a file cannot be evaluated, with the file and line that are at fault where they are known.
type failure struct {
	Message string `json:"message"`
	Path    string `json:"path,omitempty"`
	Line    int    `json:"line,omitempty"`
}

// lastError keeps the error itself: the virtual machine returns what a formatter makes of it.
type lastError struct{ err error }

func (l *lastError) Format(err error) string {
	l.err = err
	return err.Error()
}

func (l *lastError) SetMaxStackTraceSize(int) {}

func (l *lastError) SetColorFormatter(jsonnet.ColorFormatter) {}

// A file that does not parse is named in the text alone where another file imports it: `lib.libsonnet:3:5-9 Expected …`,
// `lib.libsonnet:(3:5)-(4:1) …`.
var place = regexp.MustCompile(`^(.+?):\(?(\d+):\d+\)?(?:-\S+)? `)

// failureOf places an error at the innermost line in one of the files: the standard library is in none.
func failureOf(err, seen error, files map[string][]byte) *failure {
	if seen == nil {
		seen = err
	}
	message, _, _ := strings.Cut(seen.Error(), "\n")
	var ofRun jsonnet.RuntimeError
	if errors.As(seen, &ofRun) {
		if found := place.FindStringSubmatch(ofRun.Msg); found != nil {
			if _, known := files[found[1]]; known {
				line, _ := strconv.Atoi(found[2])
				return &failure{Message: firstLine(ofRun.Msg[len(found[0]):]), Path: found[1], Line: line}
			}
		}
		message = firstLine(ofRun.Msg)
		for at := len(ofRun.StackTrace) - 1; at >= 0; at-- {
			if where := failureAt(message, ofRun.StackTrace[at].Loc, files); where != nil {
				return where
			}
		}
		return &failure{Message: message}
	}
	var located interface{ Loc() ast.LocationRange }
	if errors.As(seen, &located) {
		loc := located.Loc()
		if where := failureAt(strings.TrimPrefix(message, loc.String()+" "), loc, files); where != nil {
			return where
		}
	}
	return &failure{Message: message}
}

func failureAt(message string, loc ast.LocationRange, files map[string][]byte) *failure {
	if loc.File == nil {
		return nil
	}
	name := string(loc.File.DiagnosticFileName)
	if _, known := files[name]; !known || loc.Begin.Line == 0 {
		return nil
	}
	return &failure{Message: message, Path: name, Line: loc.Begin.Line}
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	return line
}
