package twins

import (
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
)

// frame is one body being followed: what its variables stand for and where its reads go.
type frame struct {
	w     *world
	scope *scope
	env   map[ast.Var]*value
	// declared variables shadow rules and imports of the same name before they are bound.
	declared map[ast.Var]bool
	input    *value
	out      *[]read
	own      bool
	neg      bool
	opt      bool
	size     bool
	group    int
	depth    int
	// twin is set in the deciding rule's own body, where variables can be captured.
	twin *twin
}

func (f *frame) nested() *frame {
	g := *f
	g.env = make(map[ast.Var]*value, len(f.env))
	for k, v := range f.env {
		g.env[k] = v
	}
	g.twin = nil
	return &g
}

// use records that a condition depends on a value.
func (f *frame) use(v *value) {
	for _, l := range v.locs {
		*f.out = addRead(*f.out, read{Alts: l, Own: f.own, Neg: f.neg, Opt: f.opt || v.opt, Key: v.key, Or: v.or, Size: f.size, Group: f.group})
	}
	if len(v.locs) == 0 {
		for _, d := range append(append([]read{}, v.deps...), v.made...) {
			f.pass(d, d.Own && f.own)
		}
		for _, k := range sortedKeys(v.fields) {
			f.use(v.fields[k])
		}
		if v.elems != nil && len(v.deps) == 0 {
			f.use(v.elems)
		}
		return
	}
	// What helpers read on the way to a value whose place is known.
	for _, d := range v.deps {
		f.pass(d, false)
	}
}

// pass records a read that was collected elsewhere, as it stands under the negations here.
func (f *frame) pass(d read, own bool) {
	d.Own = own
	d.Neg, d.Base = d.Neg != f.neg, d.Base != f.neg
	d.Opt, d.Size = d.Opt || f.opt, d.Size || f.size
	*f.out = addRead(*f.out, d)
}

// collect runs fn with a fresh list of reads and returns what it recorded, at positive polarity.
func (f *frame) collect(own bool, fn func(g *frame)) []read {
	g := *f
	var out []read
	g.out, g.neg, g.own, g.opt, g.size = &out, false, own, false, false
	fn(&g)
	return out
}

func (f *frame) eval(t *ast.Term) *value {
	switch x := t.Value.(type) {
	case ast.Var:
		return f.evalRef(ast.Ref{t})
	case ast.Ref:
		return f.evalRef(x)
	case ast.Call:
		return f.evalCall(x)
	case *ast.ArrayComprehension:
		return f.evalComprehension(x.Body, x.Term, false)
	case *ast.SetComprehension:
		return f.evalComprehension(x.Body, x.Term, true)
	case *ast.ObjectComprehension:
		return f.evalComprehension(x.Body, x.Value, false)
	case *ast.Array:
		return f.evalItems(func(each func(string, *ast.Term)) {
			for i := range x.Len() {
				each(itemKey(i), x.Elem(i))
			}
		})
	case ast.Object:
		return f.evalItems(func(each func(string, *ast.Term)) {
			x.Foreach(func(k, v *ast.Term) {
				if s, ok := k.Value.(ast.String); ok {
					each(string(s), v)
				}
			})
		})
	case ast.Set:
		out := &value{set: true}
		x.Foreach(func(e *ast.Term) { out.elems = merge(out.elems, f.eval(e)) })
		return out
	case ast.String, ast.Number, ast.Boolean, ast.Null:
		return constant(x)
	default:
		return f.evalOther(x)
	}
}

// evalItems is an object or array written in the policy: its items keep what they stand for.
func (f *frame) evalItems(items func(func(string, *ast.Term))) *value {
	out := &value{fields: map[string]*value{}}
	items(func(k string, t *ast.Term) { out.fields[k] = f.eval(t) })
	return out
}

// evalOther depends on every reference inside a term of a kind that needs no closer look (template strings).
func (f *frame) evalOther(x any) *value {
	return &value{deps: f.collect(f.own, func(g *frame) {
		ast.WalkRefs(x, func(r ast.Ref) bool {
			g.use(g.evalRef(r))
			return true
		})
	})}
}

func (f *frame) evalComprehension(body ast.Body, term *ast.Term, set bool) *value {
	out := &value{set: set}
	out.deps = f.collect(f.own, func(g *frame) {
		inner := g.nested()
		inner.opt = true
		inner.body(body)
		out.elems = inner.eval(term)
		if !hasConditions(body) {
			inner.use(out.elems)
		}
	})
	// What was read belongs to the collection, not to each of its elements.
	if out.elems != nil {
		e := *out.elems
		if len(e.locs) > 0 {
			e.deps = nil
		}
		out.elems = &e
	}
	return out
}

func (f *frame) evalRef(r ast.Ref) *value {
	if call, ok := r[0].Value.(ast.Call); ok {
		return f.path(f.evalCall(call), r[1:], nil)
	}
	head, ok := r[0].Value.(ast.Var)
	if !ok {
		return f.path(f.eval(r[0]), r[1:], nil)
	}
	if v := f.env[head]; v != nil {
		return f.path(v, r[1:], r[:1])
	}
	if f.declared[head] {
		return &value{}
	}
	abs, ok := f.scope.absolute(r)
	if !ok {
		return &value{}
	}
	if abs[0].Value.Compare(ast.Var("input")) == 0 {
		skip := len(abs) - len(r)
		v := f.input
		for _, t := range abs[1 : skip+1] {
			v = v.get(f.eval(t))
		}
		return f.path(v, r[1:], r[:1])
	}
	defs, rest := f.w.find(abs)
	if defs == nil {
		for _, t := range abs[1:] {
			f.bindKey(t, &value{}, nil)
		}
		return &value{}
	}
	return f.path(f.evalRules(defs), rest, r[:len(r)-len(rest)])
}

// path follows the rest of a reference. Variables met for the first time iterate and are bound by it.
func (f *frame) path(v *value, rest ast.Ref, written ast.Ref) *value {
	for i, t := range rest {
		prefix := v
		key := f.bindKey(t, prefix, append(append(ast.Ref{}, written...), rest[:i]...))
		if key.element != nil {
			v = merge(key.element, (&value{locs: prefix.locs, opt: prefix.opt}).get(key.key))
		} else {
			v = prefix.get(key.key)
		}
	}
	return v
}

type boundKey struct {
	key *value
	// element: the captured element where the collection was made by the policy.
	element *value
}

func (f *frame) bindKey(t *ast.Term, coll *value, prefix ast.Ref) boundKey {
	name, isVar := t.Value.(ast.Var)
	if !isVar {
		return boundKey{key: f.eval(t)}
	}
	if v := f.env[name]; v != nil {
		if f.twin != nil {
			if b, ok := f.twin.bound[bindingKey(name, prefix)]; ok {
				return b
			}
		}
		return boundKey{key: v}
	}
	if !f.declared[name] && f.scope.global(name) {
		return boundKey{key: f.eval(t)}
	}
	if f.twin == nil || f.neg {
		any := &value{seg: &seg{}}
		entry := coll.get(any)
		if !name.IsWildcard() {
			f.env[name] = &value{locs: entry.locs, seg: &seg{}, key: true}
		}
		return boundKey{key: any}
	}
	return f.twin.bind(f, name, coll, prefix)
}

func (f *frame) evalRules(defs []definition) *value {
	d := defs[0]
	id := d.scope.pkg.path.String() + "." + ruleName(d.rule)
	plain := len(f.input.locs) == 1 && len(f.input.locs[0]) == 1 && len(f.input.locs[0][0].Path) == 0
	if plain {
		if v := f.w.memo[id]; v != nil {
			return v
		}
	}
	if f.w.active[id] || f.depth >= maxDepth {
		return &value{}
	}
	f.w.active[id] = true
	defer delete(f.w.active, id)
	var out *value
	for _, d := range defs {
		for rule := d.rule; rule != nil; rule = rule.Else {
			if len(rule.Head.Args) == 0 {
				out = merge(out, f.evalBranch(definition{rule, d.scope}, nil))
			}
		}
	}
	if out == nil {
		out = &value{}
	}
	if plain {
		f.w.memo[id] = out
	}
	return out
}

// evalBranch follows one body of a helper. What it reads can also be why an `else` after it holds.
func (f *frame) evalBranch(d definition, env map[ast.Var]*value) *value {
	v := f.evalDefinition(d, env)
	if d.rule.Else == nil {
		return v
	}
	f.w.groups++
	for _, r := range v.deps {
		r.Neg, r.Base, r.Group, r.Own = !r.Neg, !r.Base, f.w.groups, false
		v.deps = addRead(v.deps, r)
	}
	return v
}

// evalDefinition follows one body of a helper and returns what its value stands for.
func (f *frame) evalDefinition(d definition, env map[ast.Var]*value) *value {
	if env == nil {
		env = map[ast.Var]*value{}
	}
	var out *value
	f.w.groups++
	group := f.w.groups
	deps := f.collect(false, func(g *frame) {
		g.scope, g.env, g.declared, g.twin = d.scope, env, map[ast.Var]bool{}, nil
		g.group, g.depth = group, f.depth+1
		if !d.rule.Default {
			g.body(d.rule.Body)
		}
		out = g.headValue(d.rule)
	})
	res := *out
	res.seg, res.deps, res.made = nil, deps, mergeReads(out.deps, out.made)
	return &res
}

func (f *frame) headValue(rule *ast.Rule) *value {
	h := rule.Head
	if h.Key != nil && h.Value == nil {
		return &value{elems: f.eval(h.Key), set: true}
	}
	var v *value
	if h.Value != nil {
		v = f.eval(h.Value)
	} else {
		v = constant(ast.Boolean(true))
	}
	tail := h.Reference
	if len(tail) > 0 {
		tail = tail[1:]
	}
	for i := len(tail) - 1; i >= 0; i-- {
		if s, ok := tail[i].Value.(ast.String); ok {
			v = &value{fields: map[string]*value{string(s): v}}
		} else {
			v = &value{elems: v}
		}
	}
	return v
}

// function is the definitions that a call's operator names, or nil for a builtin.
func (f *frame) function(op *ast.Term) []definition {
	r, ok := op.Value.(ast.Ref)
	if !ok {
		return nil
	}
	abs, ok := f.scope.absolute(r)
	if !ok {
		return nil
	}
	defs, rest := f.w.find(abs)
	if len(rest) > 0 {
		return nil
	}
	return defs
}

func builtinName(op *ast.Term) string {
	if r, ok := op.Value.(ast.Ref); ok {
		return strings.TrimPrefix(r.String(), "internal.")
	}
	return op.String()
}
