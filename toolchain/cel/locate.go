package main

import (
	"context"
	"fmt"
	"strings"

	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	structural "k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel/model"
	"k8s.io/apimachinery/pkg/util/validation/field"
	celconfig "k8s.io/apiserver/pkg/apis/cel"
	"k8s.io/apiserver/pkg/cel/environment"

	"github.com/google/cel-go/common/types"
)

// locator finds out which rule of a schema an error is about, and what that rule read. The API server's answer does not
// tell; where it cannot be found out the error has its field alone.
type locator struct {
	// compiled holds the rules of each place of the schema.
	compiled map[string][]cel.CompilationResult
}

// failing is a rule that does not hold for a value of the object.
type failing struct {
	rule      apiextensionsv1.ValidationRule
	field     string
	path      []any
	fieldPath string
	usesOld   bool
	run       evaluate
	used      bool
}

// locate adds places to the API server's errors.
func (v *version) locate(errs field.ErrorList, object, old any) []ruleError {
	var found []*failing
	v.locator.walk(node{schema: v.schema, isRoot: true}, nil, nil, object, old, func(one *failing) { found = append(found, one) })
	located := make([]ruleError, 0, len(errs))
	for _, err := range errs {
		one := errorAt(err, object)
		if rule := match(found, err); rule != nil {
			rule.used = true
			one.Rule, one.Transition = rule.rule.Rule, rule.usesOld
			place, reads := placeOf(rule.run)
			one.Reads = within(rule.path, reads)
			if rule.fieldPath == "" && place != nil {
				one.Place = append(append([]any{}, rule.path...), place...)
			}
		}
		located = append(located, *one)
	}
	return located
}

func within(path []any, reads [][]any) [][]any {
	found := make([][]any, len(reads))
	for at, read := range reads {
		found[at] = append(append([]any{}, path...), read...)
	}
	return found
}

// match returns the failing rule that an error is about: one of its field, with its message where several have this field.
func match(rules []*failing, err *field.Error) *failing {
	var other *failing
	for _, one := range rules {
		if one.used || one.field != err.Field {
			continue
		}
		text := strings.TrimSpace(one.rule.Message)
		if text == "" {
			text = strings.TrimSpace(one.rule.Rule)
		}
		if strings.Contains(err.Detail, text) {
			return one
		}
		if other == nil && one.rule.MessageExpression != "" {
			other = one
		}
	}
	return other
}

// node is a place of a schema.
type node struct {
	schema *structural.Structural
	// key names the place.
	key    string
	isRoot bool
}

func (n node) below(schema *structural.Structural, name string) node {
	return node{schema: schema, key: n.key + "\x00" + name, isRoot: schema.XEmbeddedResource}
}

// walk hands over every rule that does not hold, at any depth of an object.
func (l *locator) walk(at node, path *field.Path, steps []any, value, old any, hand func(*failing)) {
	schema := at.schema
	if schema == nil || value == nil {
		return
	}
	l.rulesOf(at, path, steps, value, old, hand)
	switch value := value.(type) {
	case map[string]any:
		before, _ := old.(map[string]any)
		for key, one := range value {
			if property, known := schema.Properties[key]; known {
				l.walk(at.below(&property, "."+key), path.Child(key), child(steps, key), one, before[key], hand)
			} else if schema.AdditionalProperties != nil && schema.AdditionalProperties.Structural != nil {
				l.walk(at.below(schema.AdditionalProperties.Structural, "*"), path.Key(key), child(steps, key), one, before[key], hand)
			}
		}
	case []any:
		if schema.Items == nil {
			return
		}
		before, _ := old.([]any)
		for index, one := range value {
			l.walk(at.below(schema.Items, "[]"), path.Index(index), child(steps, int64(index)), one, sameItem(schema, one, before), hand)
		}
	}
}

func (l *locator) rulesOf(place node, path *field.Path, steps []any, value, old any, hand func(*failing)) {
	schema := place.schema
	if len(schema.XValidations) == 0 {
		return
	}
	typed := schema
	if place.isRoot {
		typed = model.WithTypeAndObjectMeta(schema)
	}
	for index, compiled := range l.compile(place) {
		rule := schema.XValidations[index]
		optional := rule.OptionalOldSelf != nil && *rule.OptionalOldSelf
		if compiled.Program == nil || (compiled.UsesOldSelf && old == nil && !optional) {
			continue
		}
		evaluate := func(to *recorder) names {
			activation := names{cel.ScopedVarName: to.watch(cel.UnstructuredToVal(value, typed), nil)}
			switch {
			case old != nil && optional:
				activation[cel.OldScopedVarName] = types.OptionalOf(cel.UnstructuredToVal(old, typed))
			case old != nil:
				activation[cel.OldScopedVarName] = cel.UnstructuredToVal(old, typed)
			case optional:
				activation[cel.OldScopedVarName] = types.OptionalNone
			}
			return activation
		}
		if run(context.Background(), compiled.Program, evaluate(&recorder{})) == types.True {
			continue
		}
		at := path
		if compiled.NormalizedRuleFieldPath != "" {
			at = path.Child(compiled.NormalizedRuleFieldPath)
		}
		hand(&failing{
			rule:      rule,
			field:     at.String(),
			path:      steps,
			fieldPath: compiled.NormalizedRuleFieldPath,
			usesOld:   compiled.UsesOldSelf,
			run:       func(to *recorder) { run(context.Background(), compiled.Program, evaluate(to)) },
		})
	}
}

func (l *locator) compile(at node) []cel.CompilationResult {
	if known, found := l.compiled[at.key]; found {
		return known
	}
	results, err := cel.Compile(at.schema, model.SchemaDeclType(at.schema, at.isRoot), celconfig.PerCallLimit,
		environment.MustBaseEnvSet(environment.DefaultCompatibilityVersion()), cel.StoredExpressionsEnvLoader())
	if err != nil {
		results = nil
	}
	if l.compiled == nil {
		l.compiled = map[string][]cel.CompilationResult{}
	}
	l.compiled[at.key] = results
	return results
}

// sameItem returns the item of the old list that has the keys of an item.
func sameItem(list *structural.Structural, item any, before []any) any {
	if list.XListType == nil || *list.XListType != "map" {
		return nil
	}
	keys := func(of any) string {
		object, _ := of.(map[string]any)
		text := ""
		for _, key := range list.XListMapKeys {
			text += fmt.Sprintf("%T%v\x00", object[key], object[key])
		}
		return text
	}
	for _, one := range before {
		if keys(one) == keys(item) {
			return one
		}
	}
	return nil
}
