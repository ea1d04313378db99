package twins

import (
	"fmt"

	"github.com/open-policy-agent/opa/v1/ast"
)

// twin is one body of a deciding rule being analysed.
type twin struct {
	current int
	boundAt map[ast.Var]int
	bound   map[string]boundKey
	// origins: where a captured element of a collection made by the policy may stand.
	origins map[string]loc
	// extras are expressions added to the twin to capture such elements.
	extras []*ast.Expr
	// iterates: the expressions that bind the keys of a collection.
	iterates map[int]bool
	// domain and element of the iteration at hand.
	domain  []read
	element *value
	let     *value
	letVars []ast.Var
}

func newTwin() *twin {
	return &twin{
		boundAt:  map[ast.Var]int{},
		bound:    map[string]boundKey{},
		origins:  map[string]loc{},
		iterates: map[int]bool{},
	}
}

func (t *twin) boundHere(v ast.Var) bool {
	i, ok := t.boundAt[v]
	return ok && i == t.current
}

func (t *twin) capture(v ast.Var) {
	t.boundAt[v] = t.current
	t.iterates[t.current] = true
}

// bind gives a variable met for the first time in a reference the keys of the collection before it.
func (t *twin) bind(f *frame, name ast.Var, coll *value, prefix ast.Ref) boundKey {
	t.capture(name)
	step := seg{name: string(name)}
	key := &value{seg: &step}
	entry := (&value{locs: coll.locs}).get(key)
	key.locs, key.key = entry.locs, true
	out := boundKey{key: key}
	f.env[name] = key
	known := coll.items()
	if known != nil && len(prefix) > 0 {
		e := ast.Var(fmt.Sprintf("portcullis_e%d", len(t.extras)))
		path := append(append(ast.Ref{}, prefix...), ast.NewTerm(name))
		t.extras = append(t.extras, ast.Assign.Expr(ast.NewTerm(e), ast.NewTerm(path)))
		out.element = t.captured(e, known)
		if coll.set {
			f.env[name] = merge(&value{locs: out.element.locs, seg: &step}, key)
		}
	}
	t.bound[bindingKey(name, prefix)] = out
	return out
}

func bindingKey(name ast.Var, prefix ast.Ref) string { return string(name) + " " + prefix.String() }

// captured is an element that the twin yields, to be found again in the document.
func (t *twin) captured(name ast.Var, elems *value) *value {
	origin := elems.allLocs()
	if len(origin) > 0 {
		t.origins[string(name)] = origin
	}
	out := &value{seg: &seg{name: string(name)}, fields: elems.fields, elems: elems.elems, set: elems.set}
	if len(origin) > 0 || len(elems.consts) == 0 {
		out.locs = []loc{{ref{Head: string(name)}}}
	}
	return out
}

// some is `some k, x in xs` in the deciding rule's own body.
func (t *twin) some(f *frame, key, element *ast.Term, domain *value) {
	t.iterates[t.current] = true
	t.domain = f.collect(true, func(g *frame) { g.use(domain) })
	step := &value{seg: &seg{}}
	if k, ok := key.Value.(ast.Var); ok {
		t.capture(k)
		step = &value{seg: &seg{name: string(k)}}
	}
	entry := &value{locs: (&value{locs: domain.locs}).get(step).locs}
	if k, ok := key.Value.(ast.Var); ok {
		f.env[k] = &value{locs: entry.locs, seg: step.seg, key: true}
	} else {
		bindPattern(key, &value{locs: entry.locs, seg: &seg{}, key: true}, f.env)
	}
	x, isVar := element.Value.(ast.Var)
	known := domain.items()
	if domain.keysOf != nil && isVar {
		known = nil
		own := &value{seg: &seg{name: string(x)}}
		entry = &value{locs: domain.keysOf.get(own).locs, seg: own.seg, key: true}
	} else if known == nil && len(domain.locs) == 0 && len(domain.deps) > 0 {
		known = &value{}
	}
	if isVar && known != nil {
		entry = merge(t.captured(x, known), entry)
	} else if known != nil {
		entry = merge(entry, known)
	}
	if len(entry.locs) == 0 {
		entry.deps = domain.deps
	}
	t.bindTop(f, element, entry)
	t.element = entry
}

// items is what any element of a collection that the policy made stands for; nil where it is no such collection.
func (v *value) items() *value {
	out := v.elems
	for _, k := range sortedKeys(v.fields) {
		out = merge(out, v.fields[k])
	}
	return out
}

// assigned is `x := t` in the deciding rule's own body.
func (t *twin) assigned(f *frame, pattern *ast.Term, v *value) {
	t.bindTop(f, pattern, v)
	t.element, t.let = v, v
	t.letVars = patternVars(pattern)
}

// bindTop binds a pattern, whose variables can also be yielded by the twin and so stand as keys for themselves.
func (t *twin) bindTop(f *frame, pattern *ast.Term, v *value) {
	bindPattern(pattern, v, f.env)
	for _, x := range patternVars(pattern) {
		t.boundAt[x] = t.current
		if b := f.env[x]; b != nil && (b.seg == nil || b.seg.isAny()) {
			c := *b
			c.seg = &seg{name: string(x)}
			f.env[x] = &c
		}
	}
}

func patternVars(pattern *ast.Term) []ast.Var {
	var out []ast.Var
	switch x := pattern.Value.(type) {
	case ast.Var:
		if !x.IsWildcard() {
			out = append(out, x)
		}
	case *ast.Array:
		x.Foreach(func(e *ast.Term) { out = append(out, patternVars(e)...) })
	case ast.Object:
		x.Foreach(func(_, e *ast.Term) { out = append(out, patternVars(e)...) })
	}
	return out
}
