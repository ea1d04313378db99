package twins

import (
	"regexp"

	"github.com/open-policy-agent/opa/v1/ast"
)

// step is what one expression of a deciding rule's body is, and what it reads.
type step struct {
	// Kind: iteration, let (decides through a helper while it makes the message), condition, message.
	Kind  string `json:"kind"`
	Line  int    `json:"line"`
	Neg   bool   `json:"neg,omitempty"`
	Equal bool   `json:"equal,omitempty"`
	// Exempts: it asks a helper whether the manifest is excused.
	Exempts bool   `json:"exempts,omitempty"`
	Reads   []read `json:"reads,omitempty"`
	// Domain: the collection that an iteration goes over.
	Domain []read `json:"domain,omitempty"`
}

// Static is what is known of one twin without evaluating it; src/rego/locate reads it.
type Static struct {
	Rule    int            `json:"rule"`
	Path    string         `json:"path"`
	Line    int            `json:"line"`
	Steps   []step         `json:"steps"`
	Origins map[string]loc `json:"origins,omitempty"`
}

// analyse follows the body of a twin and describes each of its expressions.
func (w *world) analyse(s *scope, body ast.Body, head *ast.Term) ([]step, *twin) {
	t := newTwin()
	w.branches = 0
	var scratch []read
	f := &frame{
		w: w, scope: s, twin: t, own: true, out: &scratch,
		env:      map[ast.Var]*value{},
		declared: map[ast.Var]bool{},
		input:    at(loc{{Head: "input"}}),
	}
	declareAll(f, body)
	for i, e := range body {
		if binds(e) || !e.Negated && t.iterates[i] {
			t.current = i
			f.expr(e)
		}
	}
	message := messageLets(body, head)
	steps := make([]step, 0, len(body))
	for i, e := range body {
		t.current = i
		if st := w.describe(f, t, e, i, message[i]); len(st.Reads)+len(st.Domain) > 0 && st.Kind != "binding" {
			steps = append(steps, st)
		}
	}
	return withoutMessages(steps), t
}

// withoutMessages drops what only the message reads, unless nothing else is known.
func withoutMessages(steps []step) []step {
	out := make([]step, 0, len(steps))
	for _, s := range steps {
		if s.Kind != "message" {
			out = append(out, s)
		}
	}
	if len(out) == 0 {
		return steps
	}
	return out
}

// declareAll notes variables that `some` and `:=` declare, so that rules and imports of the same name do not stand in for them.
func declareAll(f *frame, body ast.Body) {
	for _, e := range body {
		switch t := e.Terms.(type) {
		case *ast.SomeDecl:
			for _, s := range t.Symbols {
				if c, ok := s.Value.(ast.Call); ok {
					for _, x := range c[1 : len(c)-1] {
						declare(f, x)
					}
				} else {
					declare(f, s)
				}
			}
		case []*ast.Term:
			if builtinName(t[0]) == "assign" && len(t) == 3 {
				declare(f, t[1])
			}
		}
	}
}

func declare(f *frame, pattern *ast.Term) {
	for _, v := range patternVars(pattern) {
		f.declared[v] = true
	}
}

func (w *world) describe(f *frame, t *twin, e *ast.Expr, i int, message bool) step {
	out := step{Kind: "condition", Neg: e.Negated, Equal: equality(e)}
	if e.Location != nil {
		out.Line = e.Location.Row
	}
	out.Exempts = e.Negated && exempts(e)
	t.domain, t.element, t.let, t.letVars = nil, nil, nil, nil
	var reads []read
	g := *f
	g.out = &reads
	g.expr(e)
	element := func() []read { return f.collect(true, func(g *frame) { g.use(t.element) }) }
	// Where a helper makes the message, what it decides by tells the cause, not what it puts into the text.
	decides := func() []read {
		v := *t.element
		v.made = nil
		if v.called {
			v.deps, v.locs, v.fields, v.elems = v.inner, nil, nil, nil
		}
		return f.collect(true, func(g *frame) { g.use(&v) })
	}
	switch {
	case t.element != nil && t.iterates[i] && t.let == nil:
		out.Kind, out.Reads, out.Domain = "iteration", element(), t.domain
		if message && len(t.domain) > 0 {
			out.Kind, out.Reads, out.Domain = "let", t.domain, nil
		}
	case t.let != nil && t.iterates[i]:
		out.Kind, out.Reads = "iteration", element()
		if d := decides(); message && callsOwn(f, e) && len(d) > 0 {
			out.Kind, out.Reads = "let", d
		}
	case t.let != nil && message:
		out.Kind, out.Reads = "message", element()
		if d := decides(); callsOwn(f, e) && len(d) > 0 {
			out.Kind, out.Reads = "let", d
		}
	case t.let != nil && len(t.letVars) > 0:
		out.Kind = "binding"
	case t.let != nil:
		out.Reads = element()
	default:
		out.Reads = reads
		if someOnly(e) {
			out.Kind = "binding"
		}
	}
	return out
}

func someOnly(e *ast.Expr) bool {
	d, ok := e.Terms.(*ast.SomeDecl)
	if !ok {
		return false
	}
	for _, s := range d.Symbols {
		if _, ok := s.Value.(ast.Call); ok {
			return false
		}
	}
	return true
}

// equality says whether an expression only compares for equality or membership, as filters do.
func equality(e *ast.Expr) bool {
	t, ok := e.Terms.([]*ast.Term)
	if !ok {
		return false
	}
	switch builtinName(t[0]) {
	case "equal", "eq", "member_2":
		return true
	}
	return false
}

// callsOwn says whether the value of a let is made by a rule or function of the policy itself.
func callsOwn(f *frame, e *ast.Expr) bool {
	t, ok := e.Terms.([]*ast.Term)
	if !ok || len(t) != 3 {
		return false
	}
	for _, side := range t[1:] {
		switch x := side.Value.(type) {
		case ast.Call:
			if f.function(x[0]) != nil {
				return true
			}
		case ast.Ref:
			if f.namesRule(x) {
				return true
			}
		case ast.Var:
			if f.namesRule(ast.Ref{side}) {
				return true
			}
		}
	}
	return false
}

// namesRule says whether a reference leads to a rule of the policy.
func (f *frame) namesRule(r ast.Ref) bool {
	head := varOf(r[0])
	if _, local := f.env[head]; local || f.declared[head] {
		return false
	}
	abs, ok := f.scope.absolute(r)
	if !ok {
		return false
	}
	defs, _ := f.w.find(abs)
	return defs != nil
}

var excuse = regexp.MustCompile(`(?i)exempt|exclu|excus|except|ignor|skip|waive`)

// exempts says whether an expression names a rule or function that by its name excuses.
func exempts(e *ast.Expr) bool {
	found := false
	ast.WalkRefs(e, func(r ast.Ref) bool {
		if v, ok := r[0].Value.(ast.Var); ok && v != "input" && excuse.MatchString(r.ConstantPrefix().String()) {
			found = true
		}
		return found
	})
	ast.WalkVars(e, func(v ast.Var) bool {
		found = found || excuse.MatchString(string(v))
		return found
	})
	return found
}

func varOf(t *ast.Term) ast.Var {
	v, _ := t.Value.(ast.Var)
	return v
}

// messageLets finds the expressions whose variables go into the rule's head and nowhere else.
func messageLets(body ast.Body, head *ast.Term) map[int]bool {
	vars := make([]map[ast.Var]bool, len(body))
	for i, e := range body {
		vars[i] = map[ast.Var]bool{}
		ast.WalkVars(e, func(v ast.Var) bool { vars[i][v] = true; return false })
	}
	inHead := map[ast.Var]bool{}
	if head != nil {
		ast.WalkVars(head, func(v ast.Var) bool { inHead[v] = true; return false })
	}
	out := map[int]bool{}
	for changed := true; changed; {
		changed = false
		for i, e := range body {
			if !out[i] && feedsOnlyMessage(e, i, vars, inHead, out) {
				out[i], changed = true, true
			}
		}
	}
	return out
}

func feedsOnlyMessage(e *ast.Expr, i int, vars []map[ast.Var]bool, inHead map[ast.Var]bool, message map[int]bool) bool {
	bound := boundVars(e)
	if len(bound) == 0 {
		return false
	}
	used := false
	for _, v := range bound {
		used = used || inHead[v]
		for j := range vars {
			if j == i || !vars[j][v] {
				continue
			}
			if !message[j] {
				return false
			}
			used = true
		}
	}
	return used
}

// boundVars are the variables that an expression gives a value as a whole: the left side of a let, the element of an iteration.
func boundVars(e *ast.Expr) []ast.Var {
	if e.Negated {
		return nil
	}
	switch t := e.Terms.(type) {
	case []*ast.Term:
		switch builtinName(t[0]) {
		case "assign":
			return patternVars(t[1])
		case "eq":
			if v, ok := t[1].Value.(ast.Var); ok {
				return []ast.Var{v}
			}
			if v, ok := t[2].Value.(ast.Var); ok {
				return []ast.Var{v}
			}
		}
	case *ast.SomeDecl:
		for _, s := range t.Symbols {
			if c, ok := s.Value.(ast.Call); ok {
				return patternVars(c[len(c)-2])
			}
		}
	}
	return nil
}
