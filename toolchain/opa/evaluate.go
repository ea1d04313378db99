package main

import (
	"bytes"
	"context"
	"encoding/json"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/rego"
	"github.com/open-policy-agent/opa/v1/storage/inmem"
	"github.com/open-policy-agent/opa/v1/topdown"
	"github.com/open-policy-agent/opa/v1/util"
)

type evaluateRequest struct {
	Modules             []moduleSource    `json:"modules"`
	Query               string            `json:"query"`
	Input               json.RawMessage   `json:"input"`
	Inputs              []json.RawMessage `json:"inputs"`
	Data                json.RawMessage   `json:"data"`
	Now                 int64             `json:"nowNs,string"`
	StrictBuiltinErrors bool              `json:"strictBuiltinErrors"`
	// Trace: the events of so many steps at most are told.
	Trace int `json:"trace"`
}

// evaluation is the result of one input: `value` where the query is defined, once for each solution.
type evaluation struct {
	Values []any      `json:"values"`
	Error  *regoError `json:"error,omitempty"`
	Trace  string     `json:"trace,omitempty"`
	// Steps: how many events there were, of which the trace may be the first.
	Steps int `json:"steps,omitempty"`
}

type evaluateAnswer struct {
	Evaluations []evaluation `json:"evaluations"`
	Output      string       `json:"output"`
	Errors      []regoError  `json:"errors"`
}

// evaluateOperation asks OPA's own evaluator: the second opinion beside the compiled module.
func evaluateOperation(request json.RawMessage, _ []byte) (any, []byte, error) {
	asked, err := decode[evaluateRequest](request)
	if err != nil {
		return nil, nil, err
	}
	set := load(asked.Modules, func(c *ast.Compiler) *ast.Compiler { return c.WithEnablePrintStatements(true) })
	data := map[string]any{}
	if len(asked.Data) > 0 {
		if err := util.UnmarshalJSON(asked.Data, &data); err != nil {
			return nil, nil, err
		}
	}
	var output bytes.Buffer
	store := inmem.NewFromObjectWithOpts(data, inmem.OptRoundTripOnWrite(false))
	result := evaluateAnswer{Evaluations: []evaluation{}}
	prepared, err := rego.New(
		rego.Query(asked.Query),
		rego.Compiler(set.compiler),
		rego.Store(store),
		rego.StrictBuiltinErrors(asked.StrictBuiltinErrors),
		rego.PrintHook(topdown.NewPrintHook(&output)),
	).PrepareForEval(context.Background())
	if err != nil {
		result.Errors = finish(append(set.errors, fromAst("", err)...), set.texts)
		return result, nil, nil
	}
	inputs := asked.Inputs
	if inputs == nil {
		inputs = []json.RawMessage{asked.Input}
	}
	for _, text := range inputs {
		var options []rego.EvalOption
		if len(text) > 0 {
			value, err := ast.ValueFromReader(bytes.NewReader(text))
			if err != nil {
				return nil, nil, err
			}
			options = append(options, rego.EvalParsedInput(value))
		}
		if asked.Now != 0 {
			options = append(options, rego.EvalTime(time.Unix(0, asked.Now)))
		}
		result.Evaluations = append(result.Evaluations, evaluateTraced(prepared, options, asked.Trace))
	}
	result.Output = output.String()
	result.Errors = finish(set.errors, set.texts)
	return result, nil, nil
}

// bounded keeps the first events of an evaluation.
type bounded struct {
	limit int
	steps int
	kept  []*topdown.Event
}

func (*bounded) Enabled() bool { return true }

func (*bounded) Config() topdown.TraceConfig { return topdown.TraceConfig{PlugLocalVars: true} }

func (b *bounded) TraceEvent(event topdown.Event) {
	if b.steps++; b.steps <= b.limit {
		b.kept = append(b.kept, &event)
	}
}

func evaluateTraced(prepared rego.PreparedEvalQuery, options []rego.EvalOption, limit int) evaluation {
	if limit <= 0 {
		return evaluateOne(prepared, options)
	}
	tracer := &bounded{limit: limit}
	one := evaluateOne(prepared, append(options, rego.EvalQueryTracer(tracer)))
	var text bytes.Buffer
	topdown.PrettyTraceWithOpts(&text, tracer.kept, topdown.PrettyTraceOptions{Locations: true, ExprVariables: true})
	one.Trace, one.Steps = text.String(), tracer.steps
	return one
}

func evaluateOne(prepared rego.PreparedEvalQuery, options []rego.EvalOption) evaluation {
	results, err := prepared.Eval(context.Background(), options...)
	one := evaluation{Values: []any{}}
	if err != nil {
		trouble := regoError{Code: "eval_error", Message: err.Error()}
		if e, ok := err.(*topdown.Error); ok {
			trouble = errorAt(e.Location, e.Code, e.Message)
		}
		one.Error = &trouble
	}
	for _, result := range results {
		if len(result.Bindings) > 0 {
			one.Values = append(one.Values, map[string]any(result.Bindings))
			continue
		}
		one.Values = append(one.Values, result.Expressions[0].Value)
	}
	return one
}
