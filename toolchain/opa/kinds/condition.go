// Package kinds finds of which kinds a manifest must be for a rule to say anything, and groups what is asked by that, so
// that rules for other kinds cost nothing.
package kinds

import (
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
)

// Condition says that a field below input has one of some texts. Where it does not hold, the rule it belongs to is undefined or
// empty, and neither fails nor prints.
type Condition struct {
	Field  ast.Ref
	Values []string
}

func (c Condition) key() string {
	return c.Field.String() + " " + strings.Join(c.Values, "\x00")
}

// guards are the expressions of which one holds where the condition does.
func (c Condition) guards() []string {
	guards := make([]string, 0, len(c.Values))
	for _, value := range c.Values {
		guards = append(guards, c.Field.String()+" == "+ast.StringTerm(value).String())
	}
	return guards
}

// either holds where one of both does. There is none where they are about different fields.
func either(a, b *Condition) *Condition {
	if a == nil || b == nil || !a.Field.Equal(b.Field) {
		return nil
	}
	values := append(slices.Clone(a.Values), b.Values...)
	slices.Sort(values)
	return &Condition{a.Field, slices.Compact(values)}
}

// all is the condition that holds where one of several bodies may; there is none if one of them has none.
func all[T any](list []T, of func(T) *Condition) *Condition {
	var whole *Condition
	for i, one := range list {
		condition := of(one)
		if i > 0 {
			condition = either(whole, condition)
		}
		if whole = condition; whole == nil {
			return nil
		}
	}
	return whole
}

// most is how many members a set is given directly. The engine that runs the module optimises whole functions, and one for
// hundreds of rules costs more than a run of a thousand manifests gains by it.
const most = 12

// Part is a set within the set of all: some members of their own, by index, and other parts. Without a condition it is asked for
// every manifest.
type Part struct {
	Condition *Condition
	Members   []int
	Parts     []Part
}

// Guards are the expressions of which one holds where the part is asked.
func (p Part) Guards() []string {
	if p.Condition == nil {
		return []string{"true"}
	}
	return p.Condition.guards()
}

// Divide makes the set of all: what has the same condition is a part, where that spares more than it costs.
func Divide(conditions []*Condition) Part {
	members := map[string][]int{}
	for i, condition := range conditions {
		if condition != nil {
			members[condition.key()] = append(members[condition.key()], i)
		}
	}
	var plain []int
	var parts []Part
	for i, condition := range conditions {
		if condition == nil {
			plain = append(plain, i)
		} else if same := members[condition.key()]; len(same) <= len(condition.Values) {
			plain = append(plain, i)
		} else if same[0] == i {
			parts = append(parts, small(condition, same))
		}
	}
	whole := small(nil, plain)
	whole.Parts = append(whole.Parts, parts...)
	return whole
}

// small puts members beyond what a set is given directly into parts.
func small(condition *Condition, members []int) Part {
	if len(members) <= most {
		return Part{Condition: condition, Members: members}
	}
	part := Part{Condition: condition}
	for chunk := range slices.Chunk(members, most) {
		part.Parts = append(part.Parts, Part{Members: chunk})
	}
	return part
}
