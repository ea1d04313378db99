package twins

import (
	"github.com/open-policy-agent/opa/v1/ast"
)

// body follows the expressions of a body in order and records what they read. Bodies may name variables before binding them, so a first round only binds.
func (f *frame) body(b ast.Body) {
	var scratch []read
	g := *f
	g.out = &scratch
	for _, e := range b {
		if binds(e) {
			g.expr(e)
		}
	}
	for _, e := range b {
		f.expr(e)
	}
}

// binds says whether an expression can give variables their values.
func binds(e *ast.Expr) bool {
	if e.Negated {
		return false
	}
	switch t := e.Terms.(type) {
	case *ast.SomeDecl:
		return true
	case []*ast.Term:
		switch builtinName(t[0]) {
		case "assign", "eq", "walk":
			return true
		}
	}
	return false
}

// hasConditions says whether a body does more than iterate and bind.
func hasConditions(b ast.Body) bool {
	for _, e := range b {
		if !binds(e) {
			if _, isRef := e.Terms.(*ast.Term); !isRef || len(b) > 1 || e.Negated {
				return true
			}
		}
	}
	return false
}

// expr follows one expression.
func (f *frame) expr(e *ast.Expr) {
	g := f
	for _, w := range e.With {
		if r, ok := w.Target.Value.(ast.Ref); ok && len(r) == 1 && r[0].Value.Compare(ast.Var("input")) == 0 {
			c := *g
			c.input = f.eval(w.Value)
			g = &c
		} else if v, ok := w.Target.Value.(ast.Var); ok && v == "input" {
			c := *g
			c.input = f.eval(w.Value)
			g = &c
		}
	}
	if e.Negated {
		c := *g
		c.neg = !g.neg
		c.twin = nil
		g = &c
	}
	switch t := e.Terms.(type) {
	case *ast.SomeDecl:
		g.someDecl(t)
	case *ast.Every:
		g.every(t)
	case *ast.Term:
		g.termExpr(t)
	case []*ast.Term:
		g.callExpr(t)
	case *ast.LogicalAnd:
		g.logical(t.Lhs, t.Rhs)
	case *ast.LogicalOr:
		g.logical(t.Lhs, t.Rhs)
	}
}

func (f *frame) logical(bodies ...ast.Body) {
	for _, b := range bodies {
		n := f.nested()
		n.body(b)
	}
}

func (f *frame) termExpr(t *ast.Term) {
	if not, ok := t.Value.(*ast.Not); ok {
		n := f.nested()
		n.neg = !f.neg
		n.body(not.Body)
		return
	}
	f.use(f.eval(t))
}

func (f *frame) someDecl(d *ast.SomeDecl) {
	for _, s := range d.Symbols {
		switch x := s.Value.(type) {
		case ast.Var:
			f.declared[x] = true
		case ast.Call:
			f.someIn(x)
		}
	}
}

// someIn is `some x in xs` or `some k, x in xs`.
func (f *frame) someIn(c ast.Call) {
	domain := f.eval(c[len(c)-1])
	f.useDomain(domain)
	element := c[len(c)-2]
	if f.twin != nil {
		var key *ast.Term
		if len(c) == 4 {
			key = c[1]
		}
		f.twin.some(f, key, element, domain)
		return
	}
	entry := elementOf(domain, seg{})
	if len(c) == 4 {
		bindPattern(c[1], &value{locs: entry.locs, seg: &seg{}, key: true}, f.env)
	}
	if len(entry.locs) > 0 && entry.seg == nil {
		entry.seg = &seg{}
	}
	bindPattern(element, entry, f.env)
}

// elementOf is any element of a collection; of a constant one, its constants.
func elementOf(domain *value, step seg) *value {
	if domain.keysOf != nil {
		return &value{locs: domain.keysOf.get(&value{seg: &step}).locs, seg: &seg{}, key: true}
	}
	v := domain.get(&value{seg: &step})
	out := &value{locs: v.locs, consts: v.consts, fields: v.fields, elems: v.elems, set: v.set, opt: domain.opt}
	if len(v.locs) == 0 {
		out.deps = mergeReads(domain.deps, v.deps)
	}
	return out
}

func (f *frame) useDomain(domain *value) {
	if len(domain.locs) == 0 {
		f.use(domain)
		return
	}
	f.use(domain.get(&value{seg: &seg{}}))
}

func (f *frame) every(e *ast.Every) {
	domain := f.eval(e.Domain)
	f.useDomain(domain)
	n := f.nested()
	entry := elementOf(domain, seg{every: true})
	if e.Key != nil {
		bindPattern(e.Key, &value{locs: entry.locs, seg: &seg{}, key: true}, n.env)
	}
	if len(entry.locs) > 0 && entry.seg == nil {
		entry.seg = &seg{}
	}
	bindPattern(e.Value, entry, n.env)
	n.body(e.Body)
}

func (f *frame) callExpr(t []*ast.Term) {
	switch builtinName(t[0]) {
	case "assign":
		if len(t) == 3 {
			f.assign(t[1], t[2])
			return
		}
	case "eq":
		if len(t) == 3 {
			f.unify(t[1], t[2])
			return
		}
	case "walk":
		if len(t) == 3 {
			f.walk(t[1], t[2])
			return
		}
	}
	f.use(f.evalCall(ast.Call(t)))
}

// unify is `x := t`, or `x = t` in either direction; between two known values it is a comparison.
func (f *frame) unify(a, b *ast.Term) {
	if f.free(a) {
		f.assign(a, b)
		return
	}
	if f.free(b) {
		f.assign(b, a)
		return
	}
	f.use(f.eval(a))
	f.use(f.eval(b))
}

// free says whether a term is a pattern with at least one variable that has no value yet, or that this very assignment bound.
func (f *frame) free(t *ast.Term) bool {
	switch x := t.Value.(type) {
	case ast.Var:
		if x.IsWildcard() {
			return true
		}
		if v := f.env[x]; v != nil {
			return f.twin != nil && f.twin.boundHere(x)
		}
		return f.declared[x] || !f.scope.global(x)
	case *ast.Array:
		for i := range x.Len() {
			if f.free(x.Elem(i)) {
				return true
			}
		}
	case ast.Object:
		found := false
		x.Foreach(func(_, v *ast.Term) { found = found || f.free(v) })
		return found
	}
	return false
}

func (f *frame) assign(pattern, t *ast.Term) {
	if c, ok := t.Value.(ast.Call); ok && len(c) == 2 && builtinName(c[0]) == "walk" {
		f.walk(c[1], pattern)
		return
	}
	v := f.eval(t)
	if f.twin != nil {
		f.twin.assigned(f, pattern, v)
		return
	}
	if _, ok := pattern.Value.(ast.Var); !ok {
		f.use(v)
	}
	bindPattern(pattern, v, f.env)
}

// walk binds a path and a value: the value stands at the path.
func (f *frame) walk(t, out *ast.Term) {
	v := f.eval(t)
	f.use(v)
	pair, ok := out.Value.(*ast.Array)
	if !ok || pair.Len() != 2 {
		return
	}
	path, isVar := pair.Elem(0).Value.(ast.Var)
	step := seg{}
	if isVar && f.twin != nil {
		f.twin.capture(path)
		step = seg{name: string(path), spread: true}
	}
	under := v.get(&value{seg: &step})
	if isVar {
		f.env[path] = &value{locs: under.locs, seg: &step}
	}
	bindPattern(pair.Elem(1), &value{locs: under.locs}, f.env)
}
