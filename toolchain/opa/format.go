package main

import (
	"encoding/json"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/format"
)

type formatAnswer struct {
	Text   string      `json:"text"`
	Errors []regoError `json:"errors"`
}

// formatOperation lays a module out as `opa fmt` does; a module that does not parse comes back as it was, with errors.
func formatOperation(request json.RawMessage, _ []byte) (any, []byte, error) {
	source, err := decode[moduleSource](request)
	if err != nil {
		return nil, nil, err
	}
	text, err := format.SourceWithOpts(source.Path, []byte(source.Text), format.Opts{
		RegoVersion:   source.version(),
		ParserOptions: &ast.ParserOptions{RegoVersion: source.version()},
	})
	if err != nil {
		texts := map[string]string{source.Path: source.Text}
		return formatAnswer{source.Text, finish(fromAst(source.Path, err), texts)}, nil, nil
	}
	return formatAnswer{string(text), []regoError{}}, nil, nil
}
