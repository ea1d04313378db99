// Package tracer tells what a deciding rule read by watching OPA's own evaluator: slower than twins and exact where they
// must guess, it is their second opinion.
package tracer

import (
	"context"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/rego"
	"github.com/open-policy-agent/opa/v1/storage"
	"github.com/open-policy-agent/opa/v1/topdown"
)

// Rule is a deciding rule: Query such as data.main.deny.
type Rule struct {
	Index int
	Query ast.Ref
}

// Read is one place that an expression looked at.
type Read struct {
	Path    []any    `json:"path"`
	Missing []string `json:"missing,omitempty"`
	Own     bool     `json:"own,omitempty"`
	Neg     bool     `json:"neg,omitempty"`
	Opt     bool     `json:"opt,omitempty"`
	Size    bool     `json:"size,omitempty"`
	Group   int      `json:"g,omitempty"`
	Base    bool     `json:"b,omitempty"`
}

// Step is one expression of the rule's body as it held.
type Step struct {
	Kind  string `json:"kind"`
	Line  int    `json:"line"`
	Neg   bool   `json:"neg,omitempty"`
	Equal bool   `json:"equal,omitempty"`
	Reads []Read `json:"reads,omitempty"`
}

// Derivation is one way in which a rule came to a message.
type Derivation struct {
	Rule    int    `json:"rule"`
	Message any    `json:"message"`
	Steps   []Step `json:"steps"`
}

// Trace evaluates each rule for an input and returns every derivation of every message.
func Trace(ctx context.Context, compiler *ast.Compiler, store storage.Store, rules []Rule, input ast.Value) ([]Derivation, error) {
	doc := NewDocument(input)
	out := []Derivation{}
	for _, r := range rules {
		t := &tracer{doc: doc, compiler: compiler, rule: r, frames: map[uint64]*frame{}, values: map[string]ast.Value{}}
		options := []func(*rego.Rego){rego.Compiler(compiler), rego.ParsedQuery(ast.NewBody(ast.NewExpr(ast.NewTerm(r.Query))))}
		if store != nil {
			options = append(options, rego.Store(store))
		}
		prepared, err := rego.New(options...).PrepareForEval(ctx)
		if err != nil {
			return nil, err
		}
		_, err = prepared.Eval(ctx, rego.EvalParsedInput(input), rego.EvalQueryTracer(t), rego.EvalRuleIndexing(false), rego.EvalEarlyExit(false))
		if err != nil {
			return nil, err
		}
		out = append(out, t.found...)
	}
	return out, nil
}

// frame is one query of the evaluator: the body of a rule, of a negation, of a comprehension or of an every.
type frame struct {
	body ast.Body
	// up: the query whose expression this one belongs to, and which expression that is.
	up      *frame
	current int
	// deciding: the body of the deciding rule itself.
	deciding bool
	own, neg bool
	base     bool
	opt      bool
	group    int
	reads    map[int][]Read
}

type tracer struct {
	doc      *Document
	compiler *ast.Compiler
	rule     Rule
	frames   map[uint64]*frame
	found    []Derivation
	groups   int
	// values: what helper rules without parameters came to, so that references through them lead on.
	values map[string]ast.Value
}

func (*tracer) Enabled() bool               { return true }
func (*tracer) Config() topdown.TraceConfig { return topdown.TraceConfig{} }

func (t *tracer) TraceEvent(e topdown.Event) {
	switch e.Op {
	case topdown.EnterOp:
		t.enter(e)
	case topdown.EvalOp:
		f, x := t.frames[e.QueryID], expression(e)
		if f == nil || x == nil {
			return
		}
		f.current = x.Index
		f.reads[x.Index] = nil
		if !f.deciding {
			t.pass(f, t.readsOf(e, x, f))
		}
	case topdown.RedoOp:
		if f, x := t.frames[e.QueryID], expression(e); f != nil && x != nil {
			f.current = x.Index
		}
	case topdown.ExitOp:
		f, rule := t.frames[e.QueryID], ruleOf(e)
		if f == nil || rule == nil {
			return
		}
		if f.deciding {
			t.derived(e, f, rule)
		} else if rule.Head.Key == nil && rule.Head.Value != nil && len(rule.Head.Args) == 0 {
			t.values[rule.Path().String()] = e.Plug(rule.Head.Value).Value
		}
	}
}

func ruleOf(e topdown.Event) *ast.Rule {
	r, _ := e.Node.(*ast.Rule)
	return r
}

func expression(e topdown.Event) *ast.Expr {
	x, _ := e.Node.(*ast.Expr)
	return x
}

func (t *tracer) enter(e topdown.Event) {
	f := &frame{up: t.frames[e.ParentID], reads: map[int][]Read{}}
	if rule, ok := e.Node.(*ast.Rule); ok {
		f.body = rule.Body
		t.groups++
		f.group = t.groups
		if rule.Path().Equal(t.rule.Query) {
			f.deciding, f.own, f.group = true, true, 0
		} else if f.up != nil {
			f.neg, f.opt = t.under(f.up)
			f.base = f.neg
		}
	} else if f.up != nil {
		f.body, _ = e.Node.(ast.Body)
		f.own, f.group, f.base = f.up.own, f.up.group, f.up.base
		f.neg, f.opt = t.under(f.up)
		f.opt = f.opt || !t.negates(f.up)
	}
	t.frames[e.QueryID] = f
}

// under is the polarity of what the current expression of a query asks of other queries.
func (t *tracer) under(up *frame) (neg, opt bool) {
	return up.neg != t.negates(up), up.opt
}

func (t *tracer) negates(f *frame) bool {
	return f.current < len(f.body) && f.body[f.current].Negated
}

// pass hands reads up to the expression of the deciding rule that they belong to.
func (t *tracer) pass(f *frame, reads []Read) {
	for up := f.up; up != nil; up = up.up {
		if up.deciding {
			up.reads[up.current] = append(up.reads[up.current], reads...)
			return
		}
	}
}

// readsOf are the places that the references of an expression lead to, as far as its variables have values.
func (t *tracer) readsOf(e topdown.Event, x *ast.Expr, f *frame) []Read {
	neg := f.neg != x.Negated
	var out []Read
	add := func(r Read) {
		r.Own, r.Neg, r.Opt, r.Group, r.Base = f.own, neg, r.Opt || f.opt, f.group, f.base
		out = append(out, r)
	}
	if x.IsCall() && x.Operator().String() == "object.get" && len(x.Operands()) >= 2 {
		if r, ok := t.resolve(e, objectGet(e, x.Operand(0), x.Operand(1))); ok {
			r.Opt = true
			add(r)
		}
		return out
	}
	if x.IsCall() && x.Operator().String() == "walk" && len(x.Operands()) == 2 {
		if r, ok := t.resolve(e, walked(e, x.Operand(0), x.Operand(1))); ok {
			add(r)
		}
		return out
	}
	size := x.IsCall() && x.Operator().String() == "count"
	for _, operand := range operandsOf(x) {
		ast.NewGenericVisitor(func(n any) bool {
			switch n := n.(type) {
			case *ast.ArrayComprehension, *ast.SetComprehension, *ast.ObjectComprehension, *ast.Every:
				return true
			case ast.Ref:
				if r, ok := t.resolve(e, n); ok {
					r.Size = size
					add(r)
				}
				return true
			case ast.Var:
				if r, ok := t.resolve(e, ast.Ref{ast.NewTerm(n)}); ok {
					r.Size = size
					add(r)
				}
			}
			return false
		}).Walk(operand)
	}
	return out
}

func operandsOf(x *ast.Expr) []*ast.Term {
	switch t := x.Terms.(type) {
	case *ast.Term:
		return []*ast.Term{t}
	case []*ast.Term:
		return t[1:]
	case *ast.Every:
		return []*ast.Term{t.Domain}
	}
	return nil
}

func objectGet(e topdown.Event, object, key *ast.Term) ast.Ref {
	ref := ast.Ref{object}
	if inner, ok := object.Value.(ast.Ref); ok {
		ref = append(ast.Ref{}, inner...)
	}
	if path, ok := e.Plug(key).Value.(*ast.Array); ok {
		path.Foreach(func(k *ast.Term) { ref = append(ref, k) })
		return ref
	}
	return append(ref, key)
}

// walked is the reference to what a walk is at.
func walked(e topdown.Event, root, pair *ast.Term) ast.Ref {
	if p, ok := e.Plug(pair).Value.(*ast.Array); ok && p.Len() == 2 {
		return objectGet(e, root, p.Elem(0))
	}
	return ast.Ref{root}
}

// resolve leads a reference into the document; false where its head is nothing of the document.
func (t *tracer) resolve(e topdown.Event, r ast.Ref) (Read, bool) {
	var start ast.Value
	path := []any{}
	if r[0].Value.Compare(ast.InputRootDocument.Value) == 0 {
		start = t.doc.root
		if in := e.Input(); in != nil {
			start = in.Value
		}
	} else if v, ok := r[0].Value.(ast.Var); ok && v == "data" {
		for i := len(r); i > 1 && start == nil; i-- {
			if value, ok := t.values[r[:i].String()]; ok {
				start, r = value, append(ast.Ref{r[0]}, r[i:]...)
			}
		}
	} else if ok {
		start = e.Plug(r[0]).Value
	}
	if start == nil {
		return Read{}, false
	}
	at, ok := t.doc.Find(start)
	if !ok {
		return Read{}, false
	}
	path = append(path, at...)
	keys := []*ast.Term{}
	for _, k := range r[1:] {
		plugged := e.Plug(k)
		if _, unbound := plugged.Value.(ast.Var); unbound {
			break
		}
		keys = append(keys, plugged)
	}
	reached, missing, _ := follow(start, path, keys)
	return Read{Path: reached, Missing: missing}, true
}

// derived records the steps of the deciding rule's body at the moment its head holds.
func (t *tracer) derived(e topdown.Event, f *frame, rule *ast.Rule) {
	message := rule.Head.Key
	if message == nil {
		message = rule.Head.Value
	}
	plain, err := ast.JSON(e.Plug(message).Value)
	if err != nil {
		return
	}
	steps := t.steps(e, f, rule, message)
	t.found = append(t.found, Derivation{Rule: t.rule.Index, Message: plain, Steps: steps})
}

// steps describes the conditions and iterations of a body. A condition also rests on what the scalars that it uses were read from.
func (t *tracer) steps(e topdown.Event, f *frame, rule *ast.Rule, head *ast.Term) []Step {
	b := classify(t.compiler, rule.Body, head)
	own := make([][]Read, len(rule.Body))
	for i, x := range rule.Body {
		own[i] = append(t.readsOf(e, x, f), f.reads[i]...)
	}
	out := []Step{}
	for i, x := range rule.Body {
		s := Step{Kind: b.kinds[i], Neg: x.Negated, Reads: own[i]}
		if x.Location != nil {
			s.Line = x.Location.Row
		}
		if x.IsCall() {
			switch x.Operator().String() {
			case "equal", "eq", "internal.member_2":
				s.Equal = true
			}
		}
		switch s.Kind {
		case "condition":
			s.Reads = append(t.feeding(e, b, own, i, x.Negated, map[int]bool{}), own[i]...)
		case "message":
			// What a helper decides by while it makes the message.
			if s.Kind, s.Reads = "let", f.reads[i]; len(s.Reads) == 0 {
				continue
			}
		}
		out = append(out, s)
	}
	return out
}

// feeding are the reads of the bindings that give an expression its scalars: these do not remember where they stood.
func (t *tracer) feeding(e topdown.Event, b binding, own [][]Read, i int, neg bool, seen map[int]bool) []Read {
	var out []Read
	for j, v := range b.outputs {
		if v == "" || j == i || seen[j] || !b.vars[i][v] {
			continue
		}
		if _, known := t.doc.Find(e.Plug(ast.NewTerm(v)).Value); known {
			continue
		}
		seen[j] = true
		for _, r := range own[j] {
			r.Neg = r.Neg != neg
			out = append(out, r)
		}
		out = append(out, t.feeding(e, b, own, j, neg, seen)...)
	}
	return out
}

// binding says of each expression of a compiled body what it is, which variable it gives a value, and which it names.
type binding struct {
	kinds   []string
	outputs []ast.Var
	vars    []map[ast.Var]bool
}

// classify says of each compiled expression whether it only binds (iteration), only makes the message, or is a condition.
func classify(compiler *ast.Compiler, body ast.Body, head *ast.Term) binding {
	bound := map[ast.Var]bool{}
	outputs := make([]ast.Var, len(body))
	vars := make([]map[ast.Var]bool, len(body))
	for i, x := range body {
		vars[i] = map[ast.Var]bool{}
		ast.WalkVars(x, func(v ast.Var) bool { vars[i][v] = true; return false })
		if v, ok := outputOf(compiler, x); ok && !bound[v] {
			outputs[i], bound[v] = v, true
		}
	}
	inHead := map[ast.Var]bool{}
	ast.WalkVars(head, func(v ast.Var) bool { inHead[v] = true; return false })
	kinds := make([]string, len(body))
	for i := range body {
		kinds[i] = "condition"
		if outputs[i] != "" {
			kinds[i] = "iteration"
		}
	}
	for changed := true; changed; {
		changed = false
		for i := range body {
			if outputs[i] == "" || kinds[i] == "message" {
				continue
			}
			only, used := true, inHead[outputs[i]]
			for j := range body {
				if j != i && vars[j][outputs[i]] {
					used = true
					only = only && kinds[j] == "message"
				}
			}
			if only && used && !iterates(body[i], vars[i], outputs, i) {
				kinds[i], changed = "message", true
			}
		}
	}
	return binding{kinds, outputs, vars}
}

// iterates says whether an expression looks a value up by a key that it binds itself.
func iterates(x *ast.Expr, vars map[ast.Var]bool, outputs []ast.Var, i int) bool {
	found := false
	for _, t := range operandsOf(x) {
		if r, ok := t.Value.(ast.Ref); ok {
			for _, k := range r[1:] {
				if v, ok := k.Value.(ast.Var); ok {
					before := false
					for j := range i {
						before = before || outputs[j] == v
					}
					found = found || !before
				}
			}
		}
	}
	return found && len(vars) > 0
}

// outputOf is the variable that an expression gives its value.
func outputOf(compiler *ast.Compiler, x *ast.Expr) (ast.Var, bool) {
	if x.Negated || !x.IsCall() {
		return "", false
	}
	operands := x.Operands()
	if x.IsEquality() {
		for _, o := range operands {
			if v, ok := o.Value.(ast.Var); ok {
				return v, true
			}
		}
		return "", false
	}
	if arity := compiler.GetArity(x.Operator()); arity >= 0 && len(operands) > arity {
		v, ok := operands[len(operands)-1].Value.(ast.Var)
		return v, ok
	}
	return "", false
}
