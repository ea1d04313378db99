package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"math/rand"
	"strconv"
	"strings"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/metrics"
	"github.com/open-policy-agent/opa/v1/topdown"
	"github.com/open-policy-agent/opa/v1/topdown/builtins"
)

// builtinRequest calls one builtin. Arguments are JSON texts, or with `terms` Rego terms, which unlike JSON keep sets.
type builtinRequest struct {
	Name  string   `json:"name"`
	Args  []string `json:"args"`
	Terms bool     `json:"terms"`
	Now   int64    `json:"nowNs,string"`
	Seed  int64    `json:"seed"`
}

// builtinAnswer has a value where the builtin is defined; an error of the builtin makes the call undefined, as in OPA,
// unless it halts.
type builtinAnswer struct {
	Kind    string `json:"kind"`
	Value   string `json:"value,omitempty"`
	Code    string `json:"code,omitempty"`
	Message string `json:"message,omitempty"`
}

func builtinOperation(request json.RawMessage, _ []byte) (any, []byte, error) {
	asked, err := decode[builtinRequest](request)
	if err != nil {
		return nil, nil, err
	}
	if reason, isRefused := refused[asked.Name]; isRefused {
		return builtinAnswer{Kind: "error", Code: refusedCode, Message: reason}, nil, nil
	}
	function := topdown.GetBuiltin(asked.Name)
	if function == nil {
		return builtinAnswer{Kind: "error", Code: "unknown_builtin", Message: "OPA has no builtin " + asked.Name}, nil, nil
	}
	operands := make([]*ast.Term, len(asked.Args))
	for i, text := range asked.Args {
		if operands[i], err = operand(text, asked.Terms); err != nil {
			return nil, nil, err
		}
	}
	now := time.Now()
	if asked.Now != 0 {
		now = time.Unix(0, asked.Now)
	}
	var result *ast.Term
	err = function(topdown.BuiltinContext{
		Context:      context.Background(),
		Metrics:      metrics.New(),
		Seed:         rand.New(rand.NewSource(asked.Seed)),
		Time:         ast.NumberTerm(json.Number(strconv.FormatInt(now.UnixNano(), 10))),
		Cancel:       topdown.NewCancel(),
		Runtime:      ast.ObjectTerm(),
		Cache:        make(builtins.Cache),
		Capabilities: capabilities(),
	}, operands, func(term *ast.Term) error {
		result = term
		return nil
	})
	return settle(result, err, asked.Terms), nil, nil
}

func operand(text string, isTerm bool) (*ast.Term, error) {
	if isTerm {
		return ast.ParseTerm(text)
	}
	value, err := ast.ValueFromReader(bytes.NewReader([]byte(text)))
	return ast.NewTerm(value), err
}

func settle(result *ast.Term, err error, isTerm bool) builtinAnswer {
	var halt topdown.Halt
	kind := "undefined"
	if errors.As(err, &halt) {
		kind, err = "error", halt.Err
	}
	if err != nil {
		answer := builtinAnswer{Kind: kind, Code: "eval_builtin_error", Message: err.Error()}
		var known *topdown.Error
		if errors.As(err, &known) {
			answer.Code, answer.Message = known.Code, known.Message
		}
		return answer
	}
	if result == nil {
		return builtinAnswer{Kind: "undefined"}
	}
	if isTerm {
		return builtinAnswer{Kind: "value", Value: result.String()}
	}
	value, err := ast.JSON(result.Value)
	if err != nil {
		return builtinAnswer{Kind: "error", Code: "eval_internal_error", Message: err.Error()}
	}
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return builtinAnswer{Kind: "error", Code: "eval_internal_error", Message: err.Error()}
	}
	return builtinAnswer{Kind: "value", Value: strings.TrimSpace(text.String())}
}
