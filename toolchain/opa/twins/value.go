package twins

import (
	"encoding/json"
	"fmt"

	"github.com/open-policy-agent/opa/v1/ast"
)

// Bounds on what one term may stand for, so that a policy with many definitions of one helper stays cheap to describe.
const (
	maxAlternatives = 12
	maxReads        = 96
	maxDepth        = 12
	maxBranches     = 2_000
)

// seg is one step of a path: a constant key, the value of a captured variable, all steps of a captured path (walk), or any key.
type seg struct {
	key    any
	name   string
	spread bool
	// member: not a key, but the item of a list that equals the constant or the variable's value.
	member bool
	// every: any key, of a collection whose items all have to pass.
	every bool
}

func (s seg) isAny() bool { return s.key == nil && s.name == "" }

// MarshalJSON writes a constant as itself, a variable as {"v": name}, a spread path as {"s": name}, any key as null,
// the item that equals a constant as {"e": constant}, the item that equals a variable as {"ev": name}, all keys as {"all": true}.
func (s seg) MarshalJSON() ([]byte, error) {
	switch {
	case s.every:
		return []byte(`{"all":true}`), nil
	case s.member && s.name != "":
		return json.Marshal(map[string]string{"ev": s.name})
	case s.member:
		return json.Marshal(map[string]any{"e": s.key})
	case s.spread:
		return json.Marshal(map[string]string{"s": s.name})
	case s.name != "":
		return json.Marshal(map[string]string{"v": s.name})
	default:
		return json.Marshal(s.key)
	}
}

// ref is a place in the document: from the document itself (head "input") or from where a captured value is found again.
type ref struct {
	Head string
	Path []seg
}

// MarshalJSON writes an empty path as [].
func (r ref) MarshalJSON() ([]byte, error) {
	path := r.Path
	if path == nil {
		path = []seg{}
	}
	return json.Marshal(struct {
		Head string `json:"h"`
		Path []seg  `json:"p"`
	}{r.Head, path})
}

func (r ref) with(s seg) ref {
	path := make([]seg, len(r.Path), len(r.Path)+1)
	copy(path, r.Path)
	return ref{r.Head, append(path, s)}
}

func sameRef(a, b ref) bool {
	if a.Head != b.Head || len(a.Path) != len(b.Path) {
		return false
	}
	for i := range a.Path {
		if a.Path[i] != b.Path[i] {
			return false
		}
	}
	return true
}

// loc holds the alternatives of one place: helpers with several definitions have several.
type loc []ref

func sameLoc(a, b loc) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if !sameRef(a[i], b[i]) {
			return false
		}
	}
	return true
}

// read is one place that a condition looks at.
type read struct {
	Alts loc `json:"r"`
	// Own: written in the condition itself, not inside a helper that it calls.
	Own bool `json:"own,omitempty"`
	// Neg: under an odd number of negations, so that its absence can be the cause.
	Neg bool `json:"neg,omitempty"`
	// Opt: read with a default or inside a comprehension, so that its absence does not make the expression undefined.
	Opt bool `json:"opt,omitempty"`
	// Key: the key of an entry was read, not its value.
	Key bool `json:"key,omitempty"`
	// Size: only how many there are was asked.
	Size bool `json:"size,omitempty"`
	// Or: through one of several keys that the policy names, and which one is not known.
	Or bool `json:"or,omitempty"`
	// Group: reads of one body of one helper share a number. Base: that body is under an odd number of negations.
	Group int  `json:"g,omitempty"`
	Base  bool `json:"b,omitempty"`
}

// value is what a term stands for, as far as it is known without evaluating it.
type value struct {
	// locs: the places in the document whose value it is.
	locs []loc
	// consts: the constants it may be.
	consts []ast.Value
	// seg: how it is written as a step of a path.
	seg *seg
	// elems: what its elements stand for where it is a collection that the policy made; set: its keys are its elements.
	elems *value
	set   bool
	// fields: what the fields of an object or the items of an array written in the policy stand for.
	fields map[string]*value
	// keysOf: it holds the keys of this value.
	keysOf *value
	// deps: what was read to make it; made: what a helper's result was put together from.
	deps, made []read
	// inner: of deps, what a function read in its bodies, without what it was handed.
	inner  []read
	called bool
	// opt: it has a default.
	opt bool
	// key: it is a key of the places in locs, not their value.
	key bool
	// or: it is at one of several keys, each in a place of its own.
	or bool
}

func at(l loc) *value { return &value{locs: []loc{l}} }

func constant(v ast.Value) *value { return &value{consts: []ast.Value{v}} }

// segs returns how the value may be written as a step of a path.
func (v *value) segs() []seg {
	if v.seg != nil {
		return []seg{*v.seg}
	}
	var out []seg
	for _, c := range v.consts {
		if k, ok := constKey(c); ok {
			out = append(out, seg{key: k})
		}
	}
	if len(out) == 0 || len(out) > maxAlternatives {
		return []seg{{}}
	}
	return out
}

func constKey(v ast.Value) (any, bool) {
	switch v := v.(type) {
	case ast.String:
		return string(v), true
	case ast.Number:
		if n, ok := v.Int64(); ok {
			return n, true
		}
	}
	return nil, false
}

// get is the value at a key of v.
func (v *value) get(key *value) *value {
	steps := key.segs()
	out := &value{opt: v.opt, deps: v.deps, made: v.made, or: v.or || len(steps) > 1}
	for _, s := range steps {
		for _, l := range v.locs {
			next := make(loc, len(l))
			for i, r := range l {
				next[i] = r.with(s)
			}
			out.locs = append(out.locs, next)
		}
		if s.key == nil {
			for _, k := range sortedKeys(v.fields) {
				out = merge(out, v.fields[k])
			}
		} else if f := v.fields[fmt.Sprint(s.key)]; f != nil {
			out = merge(out, f)
		}
	}
	if v.elems != nil {
		out = merge(out, v.elems)
	}
	return out
}

// merge is a value that is one of two.
func merge(a, b *value) *value {
	if a == nil {
		return b
	}
	if b == nil {
		return a
	}
	out := &value{opt: a.opt || b.opt, or: a.or || b.or, set: a.set || b.set, seg: a.seg}
	if out.seg == nil {
		out.seg = b.seg
	}
	out.locs = mergeLocs(a.locs, b.locs)
	out.consts = append(append(out.consts, a.consts...), b.consts...)
	out.deps, out.made = mergeReads(a.deps, b.deps), mergeReads(a.made, b.made)
	out.elems = a.elems
	if a.elems != b.elems {
		out.elems = merge(a.elems, b.elems)
	}
	if a.fields != nil || b.fields != nil {
		out.fields = map[string]*value{}
		for k, f := range a.fields {
			out.fields[k] = f
		}
		for k, f := range b.fields {
			out.fields[k] = merge(out.fields[k], f)
		}
	}
	return out
}

// mergeLocs joins the alternatives of two values: where each is one place, the result is one place with both.
func mergeLocs(a, b []loc) []loc {
	if len(a) == 0 {
		return b
	}
	if len(b) == 0 {
		return a
	}
	if len(a) == 1 && len(b) == 1 {
		joined := append(loc{}, a[0]...)
		for _, r := range b[0] {
			if len(joined) < maxAlternatives && !containsRef(joined, r) {
				joined = append(joined, r)
			}
		}
		return []loc{joined}
	}
	out := append([]loc{}, a...)
	for _, l := range b {
		if len(out) < maxAlternatives {
			out = append(out, l)
		}
	}
	return out
}

func containsRef(l loc, r ref) bool {
	for _, x := range l {
		if sameRef(x, r) {
			return true
		}
	}
	return false
}

func mergeReads(a, b []read) []read {
	if len(b) == 0 {
		return a
	}
	out := append([]read{}, a...)
	for _, r := range b {
		out = addRead(out, r)
	}
	return out
}

// addRead appends a read unless the same place is there already; being written in the condition itself wins.
func addRead(reads []read, r read) []read {
	for i, x := range reads {
		if sameLoc(x.Alts, r.Alts) && x.Neg == r.Neg && x.Key == r.Key {
			if r.Own && !x.Own {
				reads[i].Own = true
			}
			reads[i].Opt = reads[i].Opt || r.Opt
			if x.Group == r.Group || r.Own || x.Own {
				return reads
			}
		}
	}
	if len(reads) >= maxReads {
		return reads
	}
	return append(reads, r)
}

// allLocs are the alternatives of every place in one list: where an element of a collection may come from.
func (v *value) allLocs() loc {
	var out loc
	for _, l := range v.locs {
		for _, r := range l {
			if len(out) < maxAlternatives && !containsRef(out, r) {
				out = append(out, r)
			}
		}
	}
	return out
}
