// Package explain tells why a rule has a result for an input, or which condition kept it from having one. It asks OPA's
// own evaluator for ever longer beginnings of a body, as the author wrote it.
package explain

import (
	"context"
	"errors"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/storage"
	"github.com/open-policy-agent/opa/v1/topdown"

	"portcullis.dev/toolchain/opa/twins/tracer"
)

// Outcomes of a condition.
const (
	Held       = "held"
	Failed     = "failed"
	NotReached = "not-reached"
)

// Condition is one expression of a body.
type Condition struct {
	Line    int    `json:"line"`
	Text    string `json:"text"`
	Outcome string `json:"outcome"`
}

// Value is what a part of a condition came to. Without Values it is undefined; Near is then the longest beginning that is
// defined.
type Value struct {
	Condition int    `json:"condition"`
	Text      string `json:"text"`
	Values    []any  `json:"values"`
	Pointer   []any  `json:"pointer,omitempty"`
	Near      *Value `json:"near,omitempty"`
}

// Case is one way through the conditions that held.
type Case struct {
	Result any     `json:"result,omitempty"`
	Values []Value `json:"values"`
}

// Body is one body of a rule.
type Body struct {
	Path       string      `json:"path"`
	Line       int         `json:"line"`
	Holds      bool        `json:"holds"`
	Conditions []Condition `json:"conditions"`
	Cases      []Case      `json:"cases"`
	// Total counts the ways, of which Cases are the first.
	Total   int    `json:"total"`
	Helpers []Rule `json:"helpers,omitempty"`
	// Trouble is why it could not be explained.
	Trouble string `json:"trouble,omitempty"`
}

// Rule is a rule with all its bodies.
type Rule struct {
	Name   string `json:"name"`
	Bodies []Body `json:"bodies"`
}

const (
	maxCases   = 5
	maxValues  = 4
	maxTotal   = 1000
	maxHelpers = 3
)

// Setting is what rules are explained in.
type Setting struct {
	Modules  map[string]*ast.Module
	Compiler *ast.Compiler
	Store    storage.Store
	Txn      storage.Transaction
	Input    *ast.Term
	Time     time.Time
	document *tracer.Document
}

// Explain explains the rule at a reference such as data.main.deny. With wanted, only ways to that result are cases of a
// body that holds.
func Explain(ctx context.Context, s Setting, rule ast.Ref, wanted ast.Value) Rule {
	s.document = tracer.NewDocument(s.Input.Value)
	return s.rule(ctx, rule, nil, wanted, 0)
}

func (s Setting) rule(ctx context.Context, ref ast.Ref, args []*ast.Term, wanted ast.Value, depth int) Rule {
	found := Rule{Name: ref.String(), Bodies: []Body{}}
	for _, path := range sortedPaths(s.Modules) {
		module := s.Modules[path]
		for _, first := range module.Rules {
			if first.Default || !refOf(module, first).Equal(ref) {
				continue
			}
			for rule := first; rule != nil; rule = rule.Else {
				found.Bodies = append(found.Bodies, s.body(ctx, module, rule, args, wanted, depth))
			}
		}
	}
	return found
}

// refOf is the reference to a rule without what its key or value makes dynamic.
func refOf(module *ast.Module, rule *ast.Rule) ast.Ref {
	ref := append(ast.Ref{}, module.Package.Path...)
	for i, term := range rule.Head.Ref().GroundPrefix() {
		if v, ok := term.Value.(ast.Var); ok && i == 0 {
			term = ast.StringTerm(string(v))
		}
		ref = append(ref, term)
	}
	return ref
}

const resultVar = ast.Var("portcullis_result")

func (s Setting) body(ctx context.Context, module *ast.Module, rule *ast.Rule, args []*ast.Term, wanted ast.Value, depth int) Body {
	out := Body{Path: rule.Location.File, Line: rule.Location.Row, Conditions: []Condition{}, Cases: []Case{}}
	var held []*ast.Expr
	for i, arg := range rule.Head.Args {
		if i < len(args) {
			held = append(held, ast.Equality.Expr(arg.Copy(), args[i]))
		}
	}
	conditions := conditionsOf(rule)
	for _, one := range conditions {
		out.Conditions = append(out.Conditions, Condition{one.line, one.text, NotReached})
	}
	solutions := []solution{{}}
	if len(held) > 0 {
		var err error
		if solutions, err = s.solve(ctx, module, held, maxTotal); err != nil {
			out.Trouble = err.Error()
			return out
		}
		if len(solutions) == 0 {
			out.Trouble = "its arguments do not match"
			return out
		}
	}
	pending := make([]int, len(conditions))
	for i := range pending {
		pending[i] = i
	}
	for len(pending) > 0 {
		next := -1
		var got []solution
		var last error
		for n, at := range pending {
			if conditions[at].declares {
				next, got = n, solutions
				break
			}
			var err error
			got, err = s.solve(ctx, module, append(append([]*ast.Expr{}, held...), conditions[at].expr), maxTotal)
			if err == nil {
				next = n
				break
			}
			// What another expression binds comes after it, wherever it is written.
			if last = err; !isUnsafe(err) {
				break
			}
		}
		if next < 0 {
			out.Trouble = last.Error()
			return out
		}
		at := pending[next]
		if len(got) == 0 {
			out.Conditions[at].Outcome = Failed
			out.Total = len(solutions)
			for _, one := range first(solutions) {
				out.Cases = append(out.Cases, Case{Values: s.values(ctx, module, conditions[at].expr, at, one)})
			}
			out.Helpers = s.helpers(ctx, module, conditions[at].expr, solutions, depth)
			return out
		}
		out.Conditions[at].Outcome = Held
		held = append(held, conditions[at].expr)
		solutions = got
		pending = append(append([]int{}, pending[:next]...), pending[next+1:]...)
	}
	if wanted != nil {
		var those []solution
		for _, one := range solutions {
			if result := one[resultVar]; result != nil && result.Value.Compare(wanted) == 0 {
				those = append(those, one)
			}
		}
		solutions = those
	}
	out.Holds, out.Total = len(solutions) > 0, len(solutions)
	for _, one := range first(solutions) {
		found := Case{Values: []Value{}}
		if result := one[resultVar]; result != nil {
			found.Result = asJSON(result)
		}
		for i, condition := range conditions {
			if !condition.isResult {
				found.Values = append(found.Values, s.values(ctx, module, condition.expr, i, one)...)
			}
		}
		out.Cases = append(out.Cases, found)
	}
	return out
}

func first(solutions []solution) []solution {
	return solutions[:min(len(solutions), maxCases)]
}

func isUnsafe(err error) bool {
	var many ast.Errors
	return errors.As(err, &many) && len(many) > 0 && many[0].Code == ast.UnsafeVarErr
}

// solution is what the variables of a body stand for.
type solution map[ast.Var]*ast.Term

// solve evaluates expressions together, as if they were a body of a module.
func (s Setting) solve(ctx context.Context, module *ast.Module, exprs []*ast.Expr, limit int) ([]solution, error) {
	body := make(ast.Body, len(exprs))
	for i, expr := range exprs {
		body[i] = expr.Copy()
		body[i].Index = i
	}
	compiler := s.Compiler.QueryCompiler().WithContext(ast.NewQueryContext().WithPackage(module.Package).WithImports(module.Imports))
	compiled, err := compiler.Compile(body)
	if err != nil {
		return nil, err
	}
	names := compiler.RewrittenVars()
	var found []solution
	full := errors.New("enough")
	query := topdown.NewQuery(compiled).WithQueryCompiler(compiler).WithCompiler(s.Compiler).WithStore(s.Store).WithTransaction(s.Txn).WithInput(s.Input)
	if !s.Time.IsZero() {
		query = query.WithTime(s.Time)
	}
	err = query.Iter(ctx, func(result topdown.QueryResult) error {
		one := solution{}
		for v, term := range result {
			if name, ok := names[v]; ok {
				v = name
			}
			if !v.IsGenerated() && !v.IsWildcard() {
				one[v] = term
			}
		}
		found = append(found, one)
		if len(found) >= limit {
			return full
		}
		return nil
	})
	if err != nil && !errors.Is(err, full) {
		return nil, err
	}
	return found, nil
}
