// Command cel-oracle says what the API server says of custom resources by the rules of their CRD: its packages as they are,
// built for this machine. It answers each line of JSON on stdin with one on stdout.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"

	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	structural "k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/defaulting"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/listtype"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/objectmeta"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/pruning"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/validation"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/validation/field"
	celconfig "k8s.io/apiserver/pkg/apis/cel"
)

type question struct {
	// Definition is a CRD; absent: the one before.
	Definition json.RawMessage `json:"definition"`
	Version    string          `json:"version"`
	Object     json.RawMessage `json:"object"`
	OldObject  json.RawMessage `json:"oldObject"`
}

type answer struct {
	Blocked bool     `json:"blocked,omitempty"`
	Errors  []string `json:"errors"`
}

type version struct {
	schema    *structural.Structural
	validator *cel.Validator
	fields    validation.SchemaValidator
	hasStatus bool
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<28)
	out := json.NewEncoder(os.Stdout)
	var versions map[string]*version
	for lines.Scan() {
		var asked question
		check(json.Unmarshal(lines.Bytes(), &asked))
		if asked.Definition != nil {
			versions = read(asked.Definition)
		}
		check(out.Encode(versions[asked.Version].judge(asked)))
	}
	check(lines.Err())
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func read(text json.RawMessage) map[string]*version {
	var external apiextensionsv1.CustomResourceDefinition
	check(json.Unmarshal(text, &external))
	apiextensionsv1.SetObjectDefaults_CustomResourceDefinition(&external)
	internal := &apiextensions.CustomResourceDefinition{}
	check(apiextensionsv1.Convert_v1_CustomResourceDefinition_To_apiextensions_CustomResourceDefinition(&external, internal, nil))
	versions := map[string]*version{}
	for _, one := range internal.Spec.Versions {
		declared, err := apiextensions.GetSchemaForVersion(internal, one.Name)
		check(err)
		schema, err := structural.NewStructural(declared.OpenAPIV3Schema)
		check(err)
		check(defaulting.PruneDefaults(schema))
		fields, _, err := validation.NewSchemaValidator(declared.OpenAPIV3Schema)
		check(err)
		subresources, err := apiextensions.GetSubresourcesForVersion(internal, one.Name)
		check(err)
		versions[one.Name] = &version{schema, cel.NewValidator(schema, true, celconfig.PerCallLimit), fields, subresources != nil && subresources.Status != nil}
	}
	return versions
}

// decode is what reads the bodies of requests about custom resources.
func (v *version) decode(text json.RawMessage) map[string]any {
	if text == nil || string(text) == "null" {
		return nil
	}
	object := &unstructured.Unstructured{}
	check(object.UnmarshalJSON(text))
	pruning.Prune(object.Object, v.schema, true)
	check(errorOf(objectmeta.Coerce(nil, object.Object, v.schema, false, true)))
	defaulting.PruneNonNullableNullsWithoutDefaults(object.Object, v.schema)
	defaulting.Default(object.Object, v.schema)
	if v.hasStatus {
		delete(object.Object, "status")
	}
	return object.Object
}

func errorOf(err *field.Error) error {
	if err == nil {
		return nil
	}
	return err
}

func (v *version) judge(asked question) answer {
	object := v.decode(asked.Object)
	errs := validation.ValidateCustomResource(nil, object, v.fields)
	errs = append(errs, objectmeta.Validate(context.Background(), nil, object, v.schema, false)...)
	errs = append(errs, listtype.ValidateListSetsAndMaps(nil, v.schema, object)...)
	for _, err := range errs {
		switch err.Type {
		case field.ErrorTypeNotSupported, field.ErrorTypeRequired, field.ErrorTypeTooLong, field.ErrorTypeTooMany, field.ErrorTypeTypeInvalid:
			return answer{Blocked: true, Errors: []string{}}
		}
	}
	var old any
	if before := v.decode(asked.OldObject); before != nil {
		old = before
	}
	found := answer{Errors: []string{}}
	broken, _ := v.validator.Validate(context.Background(), nil, v.schema, object, old, celconfig.RuntimeCELCostBudget)
	for _, err := range broken {
		found.Errors = append(found.Errors, err.Error())
	}
	return found
}
