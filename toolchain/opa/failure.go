package main

import (
	"context"
	"strings"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/storage"
	"github.com/open-policy-agent/opa/v1/tester"
	"github.com/open-policy-agent/opa/v1/topdown"
)

type testPlace struct {
	Path string `json:"path"`
	Line int    `json:"line"`
	Text string `json:"text"`
	// Operator and Values: of a comparison, or of what alone did not hold.
	Operator string      `json:"operator,omitempty"`
	Values   []termValue `json:"values,omitempty"`
}

// termValue is a term as written and what it was; without a value it was undefined.
type termValue struct {
	Text     string `json:"text"`
	Value    string `json:"value,omitempty"`
	Constant bool   `json:"constant,omitempty"`
}

const valueLimit = 2_000

var comparisons = map[string]string{
	"eq": "=", "equal": "==", "neq": "!=", "lt": "<", "lte": "<=", "gt": ">", "gte": ">=", "internal.member_2": "in",
}

// failure finds the last expression of the test's own body that did not hold (where several bodies are, the last one's) and
// evaluates its sides.
type failure struct {
	set      policySet
	compiler *ast.Compiler
	store    storage.Store
	txn      storage.Transaction
}

func (f failure) at(one *tester.Result, trace []*topdown.Event) *testPlace {
	module := f.set.parsed[one.Location.File]
	event := failedEvent(one, trace)
	var written *ast.Expr
	var at *ast.Location
	if event != nil {
		at = event.Node.(*ast.Expr).Location
		written = writtenAt(module, at)
	} else if written = onlyCondition(module, one.Location); written != nil {
		// OPA's index knew that the body cannot hold, and did not try.
		at = written.Location
	}
	if at == nil {
		return nil
	}
	place := &testPlace{Path: at.File, Line: at.Row, Text: strings.TrimSpace(string(at.Text))}
	if written == nil {
		return place
	}
	locals := localsOf(event)
	sides := []*ast.Term{}
	switch terms := written.Terms.(type) {
	case *ast.Term:
		sides = append(sides, terms)
	case []*ast.Term:
		if operator, ok := comparisons[terms[0].String()]; ok && len(terms) == 3 {
			place.Operator = operator
			sides = append(sides, terms[1:]...)
		} else {
			sides = append(sides, ast.CallTerm(terms...))
		}
	default:
		return place
	}
	for _, side := range sides {
		place.Values = append(place.Values, f.value(module, side, written.With, locals))
	}
	return place
}

func failedEvent(one *tester.Result, trace []*topdown.Event) *topdown.Event {
	var cases []string
	for path, sub := range one.SubResults.Iter {
		if sub.Fail && len(sub.SubResults) == 0 {
			cases = append(cases, path[len(path)-1])
		}
	}
	bodies := map[uint64]bool{}
	var last, ofCase *topdown.Event
	for _, event := range trace {
		rule, isRule := event.Node.(*ast.Rule)
		if isRule && event.Op == topdown.EnterOp && rule.Location != nil && rule.Location.File == one.Location.File &&
			strings.HasPrefix(rule.Head.Ref().String(), strings.SplitN(one.Name, "#", 2)[0]) {
			bodies[event.QueryID] = true
		}
		expression, isExpression := event.Node.(*ast.Expr)
		if isExpression && event.Op == topdown.FailOp && bodies[event.QueryID] && expression.Location != nil {
			last = event
			if len(cases) > 0 && names(event, cases[0]) {
				ofCase = event
			}
		}
	}
	if ofCase != nil {
		return ofCase
	}
	return last
}

// names says whether a variable has the name of a case as its value.
func names(event *topdown.Event, name string) bool {
	found := false
	for _, value := range localsOf(event) {
		found = found || value.Compare(ast.String(name)) == 0
	}
	return found
}

// onlyCondition is the condition of the rule at a place, if it has exactly one.
func onlyCondition(module *ast.Module, at *ast.Location) *ast.Expr {
	if module == nil {
		return nil
	}
	for _, rule := range module.Rules {
		if rule.Location != nil && rule.Location.Row == at.Row && rule.Location.Col == at.Col && len(rule.Body) == 1 && rule.Body[0].Location != nil {
			return rule.Body[0]
		}
	}
	return nil
}

func localsOf(event *topdown.Event) map[ast.Var]ast.Value {
	found := map[ast.Var]ast.Value{}
	if event == nil || event.Locals == nil {
		return found
	}
	event.Locals.Iter(func(key, value ast.Value) bool {
		if v, ok := key.(ast.Var); ok {
			name := v
			if known, ok := event.LocalMetadata[v]; ok {
				name = known.Name
			}
			if !name.IsWildcard() && ast.IsConstant(value) {
				found[name] = value
			}
		}
		return false
	})
	return found
}

// writtenAt is the expression of a module that begins at a place, as it was before compilation.
func writtenAt(module *ast.Module, at *ast.Location) *ast.Expr {
	var found *ast.Expr
	if module == nil {
		return nil
	}
	ast.WalkExprs(module, func(e *ast.Expr) bool {
		if found == nil && e.Location != nil && e.Location.Row == at.Row && e.Location.Col == at.Col {
			found = e
		}
		return found != nil
	})
	return found
}

// value evaluates a term as it stood in the test, its variables replaced by what they were.
func (f failure) value(module *ast.Module, term *ast.Term, with []*ast.With, locals map[ast.Var]ast.Value) termValue {
	result := termValue{Text: term.String(), Constant: ast.IsConstant(term.Value)}
	if term.Location != nil && len(term.Location.Text) > 0 {
		result.Text = string(term.Location.Text)
	}
	if result.Constant {
		result.Value = shortened(term.String())
		return result
	}
	wanted := ast.Var("portcullis_value")
	e := ast.Equality.Expr(ast.NewTerm(wanted), term.Copy())
	for _, one := range with {
		e.With = append(e.With, one.Copy())
	}
	replaced, err := ast.TransformVars(ast.NewBody(e), func(v ast.Var) (ast.Value, error) {
		if value, known := locals[v]; known {
			return value, nil
		}
		return v, nil
	})
	body, ok := replaced.(ast.Body)
	if err != nil || !ok {
		return result
	}
	queries := f.compiler.QueryCompiler().WithEnablePrintStatements(false).
		WithContext(ast.NewQueryContext().WithPackage(module.Package).WithImports(module.Imports))
	compiled, err := queries.Compile(body)
	if err != nil {
		return result
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	stop := topdown.NewCancel()
	defer context.AfterFunc(ctx, stop.Cancel)()
	_ = topdown.NewQuery(compiled).WithQueryCompiler(queries).WithCompiler(f.compiler).WithStore(f.store).WithTransaction(f.txn).
		WithCancel(stop).WithRuntime(ast.ObjectTerm()).WithQueryTracer(&yielding{}).
		Iter(ctx, func(found topdown.QueryResult) error {
			if value := found[wanted]; value != nil && result.Value == "" {
				result.Value = shortened(value.String())
			}
			return nil
		})
	return result
}

func shortened(text string) string {
	if len(text) <= valueLimit {
		return text
	}
	return strings.ToValidUTF8(text[:valueLimit], "") + "…"
}
