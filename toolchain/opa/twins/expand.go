package twins

import (
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
)

// Bounds on the variants of one body.
const (
	maxVariants = 16
	maxRounds   = 10
)

// Names that builtins begin with: these are never variables of a helper.
var builtinHeads = func() map[ast.Var]bool {
	out := map[ast.Var]bool{}
	for name := range ast.BuiltinMap {
		head, _, _ := strings.Cut(name, ".")
		out[ast.Var(head)] = true
	}
	return out
}()

// expander rewrites the body of a deciding rule so that it goes through the document itself: where it takes an element of
// a collection that the policy made, or calls a helper that goes through a list, the expressions that made the collection,
// or the helper's, stand in for that. Only there is known from which place of the document a value comes.
type expander struct {
	w     *world
	scope *scope
	// names counts the prefixes given to the variables of inlined bodies.
	names int
}

// expand returns variants of a body that together hold exactly where it holds.
func (g *generator) expand(body ast.Body) []ast.Body {
	if g.plain {
		return []ast.Body{body}
	}
	x := &expander{w: g.w, scope: g.scope}
	done, open := []ast.Body{}, []ast.Body{body}
	for round := 0; round < maxRounds && len(open) > 0; round++ {
		next := []ast.Body{}
		for i, b := range open {
			variants := x.expandFirst(b)
			if variants == nil || len(done)+len(next)+len(variants)+len(open)-i-1 > maxVariants {
				done = append(done, b)
			} else {
				next = append(next, variants...)
			}
		}
		open = next
	}
	return append(done, open...)
}

// expandFirst rewrites the first expression of a body that can be; nil where none can.
func (x *expander) expandFirst(body ast.Body) []ast.Body {
	for i, e := range body {
		if e.Negated || len(e.With) > 0 || exempts(e) {
			continue
		}
		for _, rewrite := range []func(context) []ast.Body{x.iteration, x.existence, x.membership, x.setLookup, x.wildcard, x.helper} {
			if by := rewrite(context{body, e}); by != nil {
				return variantsOf(body, i, by)
			}
		}
	}
	return nil
}

// context is an expression with the body that it belongs to.
type context struct {
	body ast.Body
	expr *ast.Expr
}

// variantsOf are copies of a body with one expression replaced.
func variantsOf(body ast.Body, i int, by []ast.Body) []ast.Body {
	out := make([]ast.Body, 0, len(by))
	for _, one := range by {
		variant := append(ast.Body{}, body[:i].Copy()...)
		variant = append(variant, one...)
		out = append(out, append(variant, body[i+1:].Copy()...))
	}
	return out
}

// iteration is `some v in xs` and `some k, v in xs`.
func (x *expander) iteration(c context) []ast.Body {
	d, ok := c.expr.Terms.(*ast.SomeDecl)
	if !ok || len(d.Symbols) != 1 {
		return nil
	}
	call, ok := d.Symbols[0].Value.(ast.Call)
	if !ok {
		return nil
	}
	var key *ast.Term
	if len(call) == 4 && !varOf(call[1]).IsWildcard() {
		key = call[1]
	}
	var out []ast.Body
	for _, s := range x.elements(call[len(call)-1], c.body, 0) {
		by := s.body
		if key != nil {
			if s.key == nil {
				return nil
			}
			by = append(by, bindNew(c.expr, key, s.key)...)
		}
		out = append(out, append(by, bindNew(c.expr, call[len(call)-2], s.value)...))
	}
	return out
}

// bindNew gives the variables of a pattern that `some` declares their values.
func bindNew(like *ast.Expr, pattern, value *ast.Term) ast.Body {
	if v, ok := pattern.Value.(ast.Var); ok {
		if v.IsWildcard() {
			return nil
		}
		return ast.Body{located(like, ast.Assign.Expr(pattern.Copy(), value))}
	}
	var out ast.Body
	if vars := patternVars(pattern); len(vars) > 0 {
		d := &ast.SomeDecl{Location: like.Location}
		for _, v := range vars {
			d.Symbols = append(d.Symbols, ast.NewTerm(v))
		}
		out = append(out, located(like, ast.NewExpr(d)))
	}
	return append(out, located(like, ast.Equality.Expr(pattern.Copy(), value)))
}

func located(like, e *ast.Expr) *ast.Expr {
	e.Location = like.Location
	return e
}

// existence is a condition that holds where a collection has any element: `count(xs) > 0`, `xs != set()`.
func (x *expander) existence(c context) []ast.Body {
	t, ok := c.expr.Terms.([]*ast.Term)
	if !ok || len(t) != 3 {
		return nil
	}
	collection := asksForAny(builtinName(t[0]), t[1], t[2])
	if collection == nil {
		return nil
	}
	var out []ast.Body
	for _, s := range x.elements(collection, c.body, 0) {
		out = append(out, append(s.body, located(c.expr, ast.Assign.Expr(x.fresh(), s.value))))
	}
	return out
}

// asksForAny is the collection of which a comparison asks whether it has any element; nil for another comparison.
func asksForAny(op string, a, b *ast.Term) *ast.Term {
	counted := func(t *ast.Term) *ast.Term {
		if call, ok := t.Value.(ast.Call); ok && len(call) == 2 && builtinName(call[0]) == "count" {
			return call[1]
		}
		return nil
	}
	number := func(t *ast.Term, n int) bool { return t.Value.Compare(ast.Number(itemKey(n))) == 0 }
	switch {
	case op == "gt" && number(b, 0), op == "gte" && number(b, 1), op == "neq" && number(b, 0):
		return counted(a)
	case op == "lt" && number(a, 0), op == "lte" && number(a, 1), op == "neq" && number(a, 0):
		return counted(b)
	case op == "neq" && isEmpty(b):
		return a
	case op == "neq" && isEmpty(a):
		return b
	}
	return nil
}

func isEmpty(t *ast.Term) bool {
	switch v := t.Value.(type) {
	case *ast.Array:
		return v.Len() == 0
	case ast.Set:
		return v.Len() == 0
	case ast.Object:
		return v.Len() == 0
	case ast.Call:
		return len(v) == 1 && builtinName(v[0]) == "set"
	}
	return false
}

// membership is `v in xs`.
func (x *expander) membership(c context) []ast.Body {
	t, ok := c.expr.Terms.([]*ast.Term)
	if !ok || len(t) != 3 || builtinName(t[0]) != "member_2" {
		return nil
	}
	var out []ast.Body
	for _, s := range x.elements(t[2], c.body, 0) {
		out = append(out, append(s.body, located(c.expr, ast.Equality.Expr(s.value, t[1].Copy()))))
	}
	return out
}

// setLookup is `xs[pattern]` of a set.
func (x *expander) setLookup(c context) []ast.Body {
	t, ok := c.expr.Terms.(*ast.Term)
	if !ok {
		return nil
	}
	r, ok := t.Value.(ast.Ref)
	if !ok || len(r) < 2 || varOf(r[len(r)-1]).IsWildcard() {
		return nil
	}
	var out []ast.Body
	for _, s := range x.elements(ast.NewTerm(r[:len(r)-1]), c.body, 0) {
		if !s.set {
			return nil
		}
		out = append(out, append(s.body, located(c.expr, ast.Equality.Expr(r[len(r)-1].Copy(), s.value))))
	}
	return out
}

// wildcard is any expression with `xs[_]`.
func (x *expander) wildcard(c context) []ast.Body {
	var found ast.Ref
	var at int
	var sources []source
	visit(c.expr, func(r ast.Ref) bool {
		for i := 1; i < len(r) && found == nil; i++ {
			if !varOf(r[i]).IsWildcard() {
				continue
			}
			if sources = x.elements(ast.NewTerm(r[:i]), c.body, 0); sources != nil {
				found, at = r, i
			}
			break
		}
		return found != nil
	})
	var out []ast.Body
	for _, s := range sources {
		element := x.fresh()
		with := ast.NewTerm(append(ast.Ref{element}, found[at+1:].Copy()...))
		if at+1 == len(found) {
			with = element
		}
		e, ok := substitute(c.expr, found, with)
		if !ok {
			return nil
		}
		out = append(out, append(s.body, located(c.expr, ast.Assign.Expr(element.Copy(), s.value)), e))
	}
	return out
}

// visit passes the references of an expression that are not inside a closure, until one is found.
func visit(e *ast.Expr, pick func(ast.Ref) bool) {
	v := ast.NewGenericVisitor(func(node any) bool {
		switch n := node.(type) {
		case *ast.ArrayComprehension, *ast.SetComprehension, *ast.ObjectComprehension, *ast.Every, *ast.Not, *ast.SomeDecl:
			return true
		case ast.Ref:
			return pick(n)
		}
		return false
	})
	v.Walk(e)
}

func substitute(e *ast.Expr, what ast.Ref, with *ast.Term) (*ast.Expr, bool) {
	y, err := ast.Transform(ast.NewGenericTransformer(func(node any) (any, error) {
		if r, ok := node.(ast.Ref); ok && r.Equal(what) {
			return with.Value, nil
		}
		return node, nil
	}), e.Copy())
	out, ok := y.(*ast.Expr)
	return out, err == nil && ok
}

// helper is a rule or a function that holds by one of several bodies, or by one item of a list.
func (x *expander) helper(c context) []ast.Body {
	var op *ast.Term
	var args []*ast.Term
	switch t := c.expr.Terms.(type) {
	case *ast.Term:
		op = t
	case []*ast.Term:
		op, args = t[0], t[1:]
	default:
		return nil
	}
	defs := x.definitions(op, c.body)
	if len(defs) == 0 || len(defs) == 1 && !iteratesOver(defs[0].rule.Body) {
		return nil
	}
	var out []ast.Body
	for _, d := range defs {
		h := d.rule.Head
		if h.Key != nil || len(h.Ref()) > 1 || h.Value == nil || h.Value.Value.Compare(ast.Boolean(true)) != 0 {
			return nil
		}
		rule, ok := x.applied(d, args, c.expr)
		if !ok {
			return nil
		}
		out = append(out, rule.Body)
	}
	return out
}

// definitions are those of the rule or function that a term names as a whole; a default that only fails is none of them.
func (x *expander) definitions(op *ast.Term, body ast.Body) []definition {
	r, ok := op.Value.(ast.Ref)
	if !ok {
		v, isVar := op.Value.(ast.Var)
		if !isVar {
			return nil
		}
		r = ast.Ref{ast.NewTerm(v)}
	}
	if boundIn(varOf(r[0]), body) {
		return nil
	}
	abs, ok := x.scope.absolute(r)
	if !ok {
		return nil
	}
	defs, rest := x.w.find(abs)
	if len(rest) > 0 {
		return nil
	}
	var out []definition
	for _, d := range defs {
		if d.rule.Default {
			if v := d.rule.Head.Value; v == nil || !isEmpty(v) && v.Value.Compare(ast.Boolean(false)) != 0 {
				return nil
			}
			continue
		}
		if d.rule.Else != nil {
			return nil
		}
		out = append(out, d)
	}
	return out
}

// iteratesOver reports whether a body goes through the items of something.
func iteratesOver(body ast.Body) bool {
	for _, e := range body {
		if _, ok := e.Terms.(*ast.SomeDecl); ok && !someOnly(e) {
			return true
		}
		found := false
		ast.WalkVars(e, func(v ast.Var) bool { found = found || v.IsWildcard(); return found })
		if found {
			return true
		}
	}
	return false
}

func (x *expander) fresh() *ast.Term {
	x.names++
	return ast.VarTerm("portcullis_x" + itemKey(x.names))
}
