package twins

import (
	"github.com/open-policy-agent/opa/v1/ast"
)

// How deep collections may be made of one another.
const maxNesting = 6

// source is one way to come by an element of a collection: expressions, and the element's value once they hold.
type source struct {
	body  ast.Body
	key   *ast.Term
	value *ast.Term
	// set: the element is its own key.
	set bool
}

// elements are the ways to come by the elements of a collection that the policy made; nil for any other term. The body is
// where the term is used, with the lets of its variables.
func (x *expander) elements(t *ast.Term, body ast.Body, depth int) []source {
	if depth > maxNesting {
		return nil
	}
	switch v := t.Value.(type) {
	case *ast.ArrayComprehension:
		return x.comprehension(v.Body, nil, v.Term, t, body, false)
	case *ast.SetComprehension:
		return x.comprehension(v.Body, nil, v.Term, t, body, true)
	case *ast.ObjectComprehension:
		return x.comprehension(v.Body, v.Key, v.Value, t, body, false)
	case ast.Call:
		return x.callElements(v, body, depth)
	case *ast.Array:
		return written(v)
	case ast.Var:
		if let := letOf(v, body); let != nil {
			return x.elements(let, body, depth+1)
		}
		return x.ruleElements(ast.Ref{t}, body, depth)
	case ast.Ref:
		if len(v) == 1 {
			return x.elements(v[0], body, depth)
		}
		return x.ruleElements(v, body, depth)
	}
	return nil
}

// anyElements are as elements, and for a term that is not made by the policy the iteration over it.
func (x *expander) anyElements(t *ast.Term, body ast.Body, depth int) []source {
	if found := x.elements(t, body, depth); found != nil {
		return found
	}
	switch t.Value.(type) {
	case ast.Var, ast.Ref:
	case *ast.Array, ast.Set:
		if isEmpty(t) {
			return []source{}
		}
	default:
		return nil
	}
	v := x.fresh()
	some := ast.CallTerm(ast.NewTerm(ast.Member.Ref()), v, t.Copy())
	return []source{{body: ast.Body{ast.NewExpr(&ast.SomeDecl{Symbols: []*ast.Term{some}})}, value: v.Copy()}}
}

// written are the elements of a list of objects that is written in the policy: what each of them names is known.
func written(list *ast.Array) []source {
	var out []source
	for i := range list.Len() {
		item := list.Elem(i)
		if _, ok := item.Value.(ast.Object); !ok || !item.IsGround() {
			return nil
		}
		out = append(out, source{value: item.Copy()})
	}
	return out
}

func (x *expander) comprehension(made ast.Body, key, value, whole *ast.Term, body ast.Body, set bool) []source {
	rename := x.renaming(func(v ast.Var) bool { return x.localTo(v, made, whole, body) })
	copied, err := renameVars(made.Copy(), rename)
	b, isBody := copied.(ast.Body)
	if err != nil || !isBody {
		return nil
	}
	out := source{body: realBody(b), value: renamedTerm(value, rename), set: set}
	if key != nil {
		out.key = renamedTerm(key, rename)
	}
	if out.value == nil || key != nil && out.key == nil {
		return nil
	}
	return []source{out}
}

// localTo reports whether a variable of a comprehension is the comprehension's own: declared in it, or in no other expression
// of the body.
func (x *expander) localTo(v ast.Var, made ast.Body, whole *ast.Term, body ast.Body) bool {
	if v.IsWildcard() {
		return true
	}
	f := &frame{declared: map[ast.Var]bool{}}
	declareAll(f, made)
	if f.declared[v] {
		return true
	}
	if v == "input" || v == "data" || builtinHeads[v] || x.scope.global(v) {
		return false
	}
	n := mentionsOf(v, body)
	if n == 0 {
		return true
	}
	within := false
	ast.WalkTerms(body, func(t *ast.Term) bool {
		within = within || t.Equal(whole)
		return within
	})
	return within && n <= mentionsOf(v, whole)
}

func mentionsOf(v ast.Var, node any) int {
	n := 0
	ast.WalkVars(node, func(u ast.Var) bool {
		if u == v {
			n++
		}
		return false
	})
	return n
}

func (x *expander) callElements(call ast.Call, body ast.Body, depth int) []source {
	args := call[1:]
	switch op := builtinName(call[0]); {
	case (op == "array.concat" || op == "or") && len(args) == 2:
		a := x.anyElements(args[0], body, depth+1)
		b := x.anyElements(args[1], body, depth+1)
		if a == nil || b == nil {
			return nil
		}
		return withSet(append(a, b...), op == "or")
	case (op == "minus" || op == "and") && len(args) == 2:
		var out []source
		for _, s := range x.anyElements(args[0], body, depth+1) {
			v := x.fresh()
			in := ast.Member.Expr(v.Copy(), args[1].Copy())
			in.Negated = op == "minus"
			out = append(out, source{body: append(s.body, ast.Assign.Expr(v, s.value), in), value: v.Copy(), set: true})
		}
		return out
	case (op == "sort" || op == "array.reverse") && len(args) == 1:
		return withSet(x.anyElements(args[0], body, depth+1), false)
	case op == "object.keys" && len(args) == 1:
		v := x.fresh()
		some := ast.CallTerm(ast.NewTerm(ast.MemberWithKey.Ref()), v, ast.VarTerm("$x"+itemKey(x.names)), args[0].Copy())
		return []source{{body: ast.Body{ast.NewExpr(&ast.SomeDecl{Symbols: []*ast.Term{some}})}, value: v.Copy(), set: true}}
	case op == "object.get":
		if r, ok := emptyDefault(ast.NewTerm(call)); ok {
			return x.anyElements(ast.NewTerm(r), body, depth+1)
		}
		return nil
	}
	return x.definedElements(x.definitions(call[0], body), args, depth)
}

func withSet(list []source, set bool) []source {
	for i := range list {
		list[i].set = set
		list[i].key = nil
	}
	return list
}

// emptyDefault is the reference that object.get follows where its default has no elements.
func emptyDefault(t *ast.Term) (ast.Ref, bool) {
	switch v := t.Value.(type) {
	case ast.Ref:
		return v, true
	case ast.Var:
		return ast.Ref{t}, true
	case ast.Call:
		if len(v) != 4 || builtinName(v[0]) != "object.get" || !isEmpty(v[3]) {
			return nil, false
		}
		of, ok := emptyDefault(v[1])
		if !ok {
			return nil, false
		}
		keys := []*ast.Term{v[2]}
		if path, isPath := v[2].Value.(*ast.Array); isPath {
			keys = nil
			path.Foreach(func(k *ast.Term) { keys = append(keys, k) })
		}
		return append(of.Copy(), keys...), true
	}
	return nil, false
}

// ruleElements are those of a collection that a rule makes.
func (x *expander) ruleElements(r ast.Ref, body ast.Body, depth int) []source {
	head := varOf(r[0])
	if head == "" || boundIn(head, body) {
		return nil
	}
	abs, ok := x.scope.absolute(r)
	if !ok {
		return nil
	}
	_, rest := x.w.find(abs)
	switch len(rest) {
	case 0:
		return x.definedElements(x.definitions(ast.NewTerm(r), body), nil, depth)
	case 1:
		return x.entryElements(r[:len(r)-1], rest[0], body, depth)
	}
	return nil
}

// entryElements are those of the collection at a key of an object that rules make.
func (x *expander) entryElements(object ast.Ref, key *ast.Term, body ast.Body, depth int) []source {
	defs := x.definitions(ast.NewTerm(object), body)
	if varOf(key).IsWildcard() {
		return nil
	}
	var out []source
	for _, d := range defs {
		like := ast.NewExpr(ast.BooleanTerm(true))
		like.Location = d.rule.Location
		if len(d.rule.Head.Ref()) != 2 {
			return nil
		}
		rule, ok := x.applied(d, nil, like)
		if !ok {
			return nil
		}
		h := rule.Head
		at := append(rule.Body, located(like, ast.Equality.Expr(h.Reference[1], key.Copy())))
		if d.rule.Head.DocKind() == ast.PartialSetDoc {
			out = append(out, source{body: at, value: h.Key, set: true})
			continue
		}
		if h.Value == nil {
			return nil
		}
		of := x.anyElements(h.Value, at, depth+1)
		if of == nil {
			return nil
		}
		for _, s := range of {
			out = append(out, source{append(at.Copy(), s.body...), s.key, s.value, s.set})
		}
	}
	return out
}

// definedElements are those of what rules or functions yield.
func (x *expander) definedElements(defs []definition, args []*ast.Term, depth int) []source {
	var out []source
	for _, d := range defs {
		like := ast.NewExpr(ast.BooleanTerm(true))
		like.Location = d.rule.Location
		rule, ok := x.applied(d, args, like)
		if !ok {
			return nil
		}
		h := rule.Head
		switch d.rule.Head.DocKind() {
		case ast.PartialSetDoc:
			switch {
			case h.Key == nil || len(d.rule.Head.Ref()) > 2:
				return nil
			case len(d.rule.Head.Ref()) == 2:
				whole := append(append(ast.Ref{}, d.scope.pkg.path...), ast.StringTerm(ruleName(d.rule)), h.Reference[1])
				out = append(out, source{body: rule.Body, key: h.Reference[1], value: ast.NewTerm(whole)})
			default:
				out = append(out, source{body: rule.Body, value: h.Key, set: true})
			}
		case ast.PartialObjectDoc:
			if h.Value == nil || len(d.rule.Head.Ref()) != 2 {
				return nil
			}
			out = append(out, source{body: rule.Body, key: h.Reference[1], value: h.Value})
		default:
			if h.Value == nil || len(d.rule.Head.Ref()) > 1 {
				return nil
			}
			// A reference alone is followed without that, unless there are several.
			of := x.elements(h.Value, rule.Body, depth+1)
			if len(defs) > 1 {
				of = x.anyElements(h.Value, rule.Body, depth+1)
			}
			if of == nil {
				return nil
			}
			for _, s := range of {
				out = append(out, source{append(rule.Body.Copy(), s.body...), s.key, s.value, s.set})
			}
		}
	}
	return out
}
