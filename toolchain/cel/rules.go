package main

import (
	"context"
	"encoding/json"

	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/defaulting"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/listtype"
	schemaobjectmeta "k8s.io/apiextensions-apiserver/pkg/apiserver/schema/objectmeta"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/pruning"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
	celconfig "k8s.io/apiserver/pkg/apis/cel"
)

type rulesRequest struct {
	// Digest names the CRD; Definition is sent where it is not known yet.
	Digest     string          `json:"digest"`
	Definition json.RawMessage `json:"definition"`
	Objects    []rulesObject   `json:"objects"`
}

type rulesObject struct {
	Version   string          `json:"version"`
	Object    json.RawMessage `json:"object"`
	OldObject json.RawMessage `json:"oldObject"`
}

type rulesAnswer struct {
	// Missing is set where the digest is unknown: the host asks again and sends the definition.
	Missing bool              `json:"missing,omitempty"`
	Errors  []definitionError `json:"errors,omitempty"`
	Results []rulesResult     `json:"results,omitempty"`
}

type rulesResult struct {
	// Blocked is what keeps the API server from evaluating the rules.
	Blocked *ruleError  `json:"blocked,omitempty"`
	Errors  []ruleError `json:"errors,omitempty"`
}

// ruleError is one error of the API server's answer.
type ruleError struct {
	Field  string `json:"field"`
	Type   string `json:"type"`
	Detail string `json:"detail"`
	// Message is the whole error as the API server prints it.
	Message string `json:"message"`
	// Place is where the error arises, and Reads are the values that the rule has read, as paths in the object.
	Place []any   `json:"place"`
	Reads [][]any `json:"reads,omitempty"`
	// Rule is the expression, where it is known which.
	Rule string `json:"rule,omitempty"`
	// Transition is set for a rule that reads the old object.
	Transition bool `json:"transition,omitempty"`
}

var knownDefinitions definitions[*definition]

func rulesOperation(raw json.RawMessage, _ []byte) (any, []byte, error) {
	var request rulesRequest
	if err := json.Unmarshal(raw, &request); err != nil {
		return nil, nil, err
	}
	known, found := knownDefinitions.find(request.Digest, request.Definition, compileDefinition)
	if !found {
		return rulesAnswer{Missing: true}, nil, nil
	}
	answer := rulesAnswer{Errors: known.Errors, Results: []rulesResult{}}
	for _, one := range request.Objects {
		result, err := known.judge(one)
		if err != nil {
			return nil, nil, err
		}
		answer.Results = append(answer.Results, result)
	}
	return answer, nil, nil
}

// judge evaluates the rules of one object as the API server does when it is written.
func (d *definition) judge(one rulesObject) (rulesResult, error) {
	version, known := d.versions[one.Version]
	if !known {
		return rulesResult{}, nil
	}
	object, err := decodeObject(one.Object)
	if err != nil || object == nil {
		return rulesResult{}, err
	}
	old, err := decodeObject(one.OldObject)
	if err != nil {
		return rulesResult{}, err
	}
	version.prepare(object)
	if old != nil {
		version.prepare(old)
	}
	if blocking := version.blocking(object); blocking != nil {
		return rulesResult{Blocked: errorAt(blocking, object)}, nil
	}
	// Assigning a nil map would make an interface that is not nil.
	var oldObject any
	if old != nil {
		oldObject = old
	}
	errs, _ := version.validator.Validate(context.Background(), nil, version.schema, object, oldObject, celconfig.RuntimeCELCostBudget)
	if len(errs) == 0 {
		return rulesResult{}, nil
	}
	return rulesResult{Errors: version.locate(errs, object, oldObject)}, nil
}

// prepare brings an object into the form in which the API server validates it: unknown fields gone, defaults set.
func (v *version) prepare(object map[string]any) {
	pruning.Prune(object, v.schema, true)
	_ = schemaobjectmeta.Coerce(nil, object, v.schema, false, true)
	defaulting.PruneNonNullableNullsWithoutDefaults(object, v.schema)
	defaulting.Default(object, v.schema)
	if v.hasStatus {
		delete(object, "status")
	}
}

// blocking returns the first error for which the API server does not evaluate the rules of an object.
func (v *version) blocking(object map[string]any) *field.Error {
	errs := validation.ValidateCustomResource(nil, object, v.fields)
	errs = append(errs, schemaobjectmeta.Validate(context.Background(), nil, object, v.schema, false)...)
	errs = append(errs, listtype.ValidateListSetsAndMaps(nil, v.schema, object)...)
	for _, err := range errs {
		switch err.Type {
		case field.ErrorTypeNotSupported, field.ErrorTypeRequired, field.ErrorTypeTooLong, field.ErrorTypeTooMany, field.ErrorTypeTypeInvalid:
			return err
		}
	}
	return nil
}

func errorAt(err *field.Error, object any) *ruleError {
	return &ruleError{Field: err.Field, Type: string(err.Type), Detail: err.Detail, Message: err.Error(), Place: stepsOf(err.Field, object)}
}
