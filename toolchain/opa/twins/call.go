package twins

import (
	"strconv"

	"github.com/open-policy-agent/opa/v1/ast"
)

func itemKey(i int) string { return strconv.Itoa(i) }

func (f *frame) evalCall(c ast.Call) *value {
	if defs := f.function(c[0]); defs != nil {
		return f.evalFunction(defs, c[1:])
	}
	args := c[1:]
	switch builtinName(c[0]) {
	case "object.get":
		if len(args) == 3 {
			return f.evalObjectGet(args)
		}
	case "member_2":
		if len(args) == 2 {
			return f.evalMember(args[0], args[1])
		}
	case "object.keys":
		if len(args) == 1 {
			of := f.eval(args[0])
			return &value{keysOf: of, deps: f.collect(f.own, func(g *frame) { g.use(of) })}
		}
	case "object.union":
		if len(args) == 2 {
			return merge(f.eval(args[0]), f.eval(args[1]))
		}
	case "array.concat", "or", "and", "minus", "array.reverse", "array.slice", "sort", "array.flatten":
		return f.evalCollections(args)
	}
	return &value{deps: f.collect(f.own, func(g *frame) {
		g.size = builtinName(c[0]) == "count"
		for _, a := range args {
			g.use(g.eval(a))
		}
	})}
}

// evalObjectGet counts object.get(x, k, default) as x[k] with a default; k may be a path.
func (f *frame) evalObjectGet(args []*ast.Term) *value {
	v := f.eval(args[0])
	key := f.eval(args[1])
	if key.fields != nil && key.seg == nil {
		for i := 0; ; i++ {
			k := key.fields[itemKey(i)]
			if k == nil {
				break
			}
			v = v.get(k)
		}
	} else {
		v = v.get(key)
	}
	out := *v
	out.opt = true
	return &out
}

// evalCollections keeps the origin of elements through builtins that join or reorder collections.
func (f *frame) evalCollections(args []*ast.Term) *value {
	out := &value{}
	any := &value{seg: &seg{}}
	out.deps = f.collect(f.own, func(g *frame) {
		for _, a := range args {
			v := g.eval(a)
			g.use(v)
			e := v.get(any)
			e = &value{locs: e.locs, fields: e.fields, elems: e.elems, consts: e.consts}
			if out.elems == nil {
				out.elems = e
			} else {
				out.elems = merge(out.elems, e)
			}
			out.set = out.set || v.set
		}
	})
	return out
}

// evalMember is `x in xs`. Where it holds, the item that equals x is meant, and where it does not, the collection.
func (f *frame) evalMember(x, xs *ast.Term) *value {
	item, coll := f.eval(x), f.eval(xs)
	return &value{deps: f.collect(f.own, func(g *frame) {
		g.use(item)
		if f.neg || len(coll.locs) == 0 {
			g.use(coll)
			return
		}
		for _, s := range item.segs() {
			if s.spread || s.isAny() {
				g.use(coll)
			} else {
				s.member = true
				v := coll.get(&value{seg: &s})
				v.deps = coll.deps
				g.use(v)
			}
		}
	})}
}

func (f *frame) evalFunction(defs []definition, args []*ast.Term) *value {
	values := make([]*value, len(args))
	own := f.collect(f.own, func(g *frame) {
		for i, a := range args {
			values[i] = f.eval(a)
			g.use(values[i])
		}
	})
	id := "fn " + defs[0].scope.pkg.path.String() + "." + ruleName(defs[0].rule)
	if f.w.active[id] || f.depth >= maxDepth || f.w.branches >= maxBranches {
		return &value{deps: own}
	}
	f.w.active[id] = true
	defer delete(f.w.active, id)
	var out *value
	for _, d := range defs {
		for rule := d.rule; rule != nil; rule = rule.Else {
			params := rule.Head.Args
			if len(params) == 0 {
				params = d.rule.Head.Args
			}
			if len(params) > len(args) {
				continue
			}
			env := map[ast.Var]*value{}
			if f.w.branches++; f.bindParams(params, values, env) {
				out = merge(out, f.evalBranch(definition{rule, d.scope}, env))
			}
		}
	}
	if out == nil {
		out = &value{}
	}
	// The arguments come first: they are what the condition itself names.
	res := *out
	res.inner, res.called = out.deps, true
	res.deps = mergeReads(own, out.deps)
	return &res
}

// bindParams binds a function's parameters to what its arguments stand for; false where a constant parameter cannot match.
func (f *frame) bindParams(params []*ast.Term, values []*value, env map[ast.Var]*value) bool {
	for i, p := range params {
		v := values[i]
		switch x := p.Value.(type) {
		case ast.Var, *ast.Array, ast.Object:
			bindPattern(p, v, env)
		case ast.String, ast.Number, ast.Boolean, ast.Null:
			if len(v.consts) > 0 && len(v.locs) == 0 && !containsConst(v.consts, x) {
				return false
			}
		}
	}
	return true
}

func containsConst(list []ast.Value, v ast.Value) bool {
	for _, c := range list {
		if c.Compare(v) == 0 {
			return true
		}
	}
	return false
}

// bindPattern binds the variables of a pattern to the parts of a value.
func bindPattern(p *ast.Term, v *value, env map[ast.Var]*value) {
	switch x := p.Value.(type) {
	case ast.Var:
		if !x.IsWildcard() {
			env[x] = v
		}
	case *ast.Array:
		for i := range x.Len() {
			part := v.get(constant(ast.Number(itemKey(i))))
			if v.fields != nil && v.fields[itemKey(i)] != nil {
				part = merge(part, v.fields[itemKey(i)])
			}
			bindPattern(x.Elem(i), part, env)
		}
	case ast.Object:
		x.Foreach(func(k, t *ast.Term) { bindPattern(t, v.get(constant(k.Value)), env) })
	}
}
