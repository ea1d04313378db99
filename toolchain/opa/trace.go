package main

import (
	"bytes"
	"context"
	"encoding/json"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/storage/inmem"
	"github.com/open-policy-agent/opa/v1/util"
	"portcullis.dev/toolchain/opa/twins/tracer"
)

type traceRequest struct {
	Modules []moduleSource    `json:"modules"`
	Queries []string          `json:"queries"`
	Inputs  []json.RawMessage `json:"inputs"`
	Data    json.RawMessage   `json:"data"`
}

type traceAnswer struct {
	Traces [][]tracer.Derivation `json:"traces"`
	Errors []regoError           `json:"errors"`
}

// traceOperation tells for each input what the rules read on their way to each result.
func traceOperation(request json.RawMessage, _ []byte) (any, []byte, error) {
	asked, err := decode[traceRequest](request)
	if err != nil {
		return nil, nil, err
	}
	set := load(asked.Modules, func(c *ast.Compiler) *ast.Compiler { return c })
	data := map[string]any{}
	if len(asked.Data) > 0 {
		if err := util.UnmarshalJSON(asked.Data, &data); err != nil {
			return nil, nil, err
		}
	}
	store := inmem.NewFromObjectWithOpts(data, inmem.OptRoundTripOnWrite(false))
	rules := make([]tracer.Rule, len(asked.Queries))
	for i, query := range asked.Queries {
		ref, err := ast.ParseRef(query)
		if err != nil {
			return nil, nil, err
		}
		rules[i] = tracer.Rule{Index: i, Query: ref}
	}
	answer := traceAnswer{Traces: [][]tracer.Derivation{}, Errors: finish(set.errors, set.texts)}
	for _, text := range asked.Inputs {
		input, err := ast.ValueFromReader(bytes.NewReader(text))
		if err != nil {
			return nil, nil, err
		}
		found, err := tracer.Trace(context.Background(), set.compiler, store, rules, input)
		if err != nil {
			return nil, nil, err
		}
		answer.Traces = append(answer.Traces, found)
	}
	return answer, nil, nil
}
