package main

import (
	"context"
	"encoding/json"
	"strings"

	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	crdvalidation "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/validation"
	structural "k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/defaulting"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
	celconfig "k8s.io/apiserver/pkg/apis/cel"
)

// definition is a CRD whose rules are compiled.
type definition struct {
	// Errors are what the API server refuses of its rules, their cost included.
	Errors   []definitionError
	versions map[string]*version
	written  map[string]any
}

type version struct {
	schema    *structural.Structural
	validator *cel.Validator
	// fields tells what makes the API server leave the rules out: an object that does not fit its schema.
	fields validation.SchemaValidator
	// hasStatus is set where a status is written through its own endpoint only.
	hasStatus bool
	locator   locator
}

// definitionError is an error of the API server's validation of a CRD, at the path of the field it names.
type definitionError struct {
	Field  string `json:"field"`
	Type   string `json:"type"`
	Detail string `json:"detail"`
	Place  []any  `json:"place"`
}

func compileDefinition(text json.RawMessage) *definition {
	compiled := &definition{versions: map[string]*version{}}
	compiled.written, _ = decodeObject(text)
	var external apiextensionsv1.CustomResourceDefinition
	if err := json.Unmarshal(text, &external); err != nil {
		compiled.refuse(field.Invalid(field.NewPath("spec"), nil, err.Error()))
		return compiled
	}
	apiextensionsv1.SetObjectDefaults_CustomResourceDefinition(&external)
	internal := &apiextensions.CustomResourceDefinition{}
	if err := apiextensionsv1.Convert_v1_CustomResourceDefinition_To_apiextensions_CustomResourceDefinition(&external, internal, nil); err != nil {
		compiled.refuse(field.Invalid(field.NewPath("spec"), nil, err.Error()))
		return compiled
	}
	for _, err := range crdvalidation.ValidateCustomResourceDefinition(context.Background(), internal) {
		if isAboutRules(err) {
			compiled.refuse(err)
		}
	}
	for index, one := range internal.Spec.Versions {
		found, err := compileVersion(internal, one.Name)
		if err != nil {
			compiled.refuse(field.Invalid(field.NewPath("spec", "versions").Index(index).Child("schema", "openAPIV3Schema"), nil, err.Error()))
		} else if found != nil {
			compiled.versions[one.Name] = found
		}
	}
	return compiled
}

func (d *definition) refuse(err *field.Error) {
	// Versions with one schema have it in a place of its own once the API server has read them.
	path := strings.Replace(err.Field, "spec.validation.", "spec.versions[0].schema.", 1)
	d.Errors = append(d.Errors, definitionError{Field: path, Type: string(err.Type), Detail: err.Detail, Place: stepsOf(path, d.written)})
}

const rulesKeyword = "x-kubernetes-validations"

func isAboutRules(err *field.Error) bool {
	return strings.Contains(err.Field, rulesKeyword) || strings.Contains(err.Detail, rulesKeyword)
}

// compileVersion returns nil for a version without rules.
func compileVersion(crd *apiextensions.CustomResourceDefinition, name string) (*version, error) {
	declared, err := apiextensions.GetSchemaForVersion(crd, name)
	if err != nil || declared == nil || declared.OpenAPIV3Schema == nil {
		return nil, err
	}
	schema, err := structural.NewStructural(declared.OpenAPIV3Schema)
	if err != nil {
		return nil, err
	}
	// The API server does this to the schemas that it serves by.
	if err := defaulting.PruneDefaults(schema); err != nil {
		return nil, err
	}
	validator := cel.NewValidator(schema, true, celconfig.PerCallLimit)
	if validator == nil {
		return nil, nil
	}
	fields, _, err := validation.NewSchemaValidator(declared.OpenAPIV3Schema)
	if err != nil {
		return nil, err
	}
	subresources, err := apiextensions.GetSubresourcesForVersion(crd, name)
	if err != nil {
		return nil, err
	}
	return &version{
		schema:    schema,
		validator: validator,
		fields:    fields,
		hasStatus: subresources != nil && subresources.Status != nil,
	}, nil
}
