package main

import (
	"context"
	"encoding/json"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apiserver/pkg/admission"
	"k8s.io/apiserver/pkg/admission/plugin/cel"
	"k8s.io/apiserver/pkg/admission/plugin/policy/validating"
	celconfig "k8s.io/apiserver/pkg/apis/cel"
	"k8s.io/apiserver/pkg/authentication/user"
	"k8s.io/apiserver/pkg/cel/common"

	"github.com/google/cel-go/common/types"
)

type policiesRequest struct {
	// Digest names the policy; Definition is sent where it is not known yet.
	Digest     string          `json:"digest"`
	Definition json.RawMessage `json:"definition"`
	Questions  []question      `json:"questions"`
}

// question is one request to the API server that a policy and a binding match.
type question struct {
	Object    json.RawMessage `json:"object"`
	OldObject json.RawMessage `json:"oldObject"`
	Params    json.RawMessage `json:"params"`
	Namespace json.RawMessage `json:"namespace"`
	Group     string          `json:"group"`
	Version   string          `json:"version"`
	Kind      string          `json:"kind"`
	Resource  string          `json:"resource"`
	Name      string          `json:"name"`
	InSpace   string          `json:"inNamespace"`
	Operation string          `json:"operation"`
}

type policiesAnswer struct {
	Missing bool         `json:"missing,omitempty"`
	Facts   *policyFacts `json:"facts,omitempty"`
	Results []evaluated  `json:"results,omitempty"`
}

// evaluated holds what a policy decides of one request; nothing for what it admits.
type evaluated struct {
	Decisions   []decision   `json:"decisions,omitempty"`
	Annotations []annotation `json:"annotations,omitempty"`
}

type decision struct {
	// Index is that of the validation; -1 where the policy as a whole could not be evaluated.
	Index int `json:"index"`
	// Evaluation is deny or error, Action what the failure policy makes of it.
	Evaluation string  `json:"evaluation"`
	Action     string  `json:"action"`
	Message    string  `json:"message"`
	Reason     string  `json:"reason,omitempty"`
	Place      []any   `json:"place"`
	Reads      [][]any `json:"reads,omitempty"`
}

type annotation struct {
	Key    string `json:"key"`
	Value  string `json:"value,omitempty"`
	Action string `json:"action"`
	Error  string `json:"error,omitempty"`
}

var knownPolicies definitions[*policy]

func policiesOperation(raw json.RawMessage, _ []byte) (any, []byte, error) {
	var request policiesRequest
	if err := json.Unmarshal(raw, &request); err != nil {
		return nil, nil, err
	}
	known, found := knownPolicies.find(request.Digest, request.Definition, compilePolicy)
	if !found {
		return policiesAnswer{Missing: true}, nil, nil
	}
	answer := policiesAnswer{Facts: &known.Facts, Results: []evaluated{}}
	for _, one := range request.Questions {
		result, err := known.judge(one)
		if err != nil {
			return nil, nil, err
		}
		answer.Results = append(answer.Results, result)
	}
	return answer, nil, nil
}

// judge asks the API server's validator about one request.
func (p *policy) judge(one question) (evaluated, error) {
	object, err := decodeObject(one.Object)
	if err != nil {
		return evaluated{}, err
	}
	old, err := decodeObject(one.OldObject)
	if err != nil {
		return evaluated{}, err
	}
	params, err := decodeObject(one.Params)
	if err != nil {
		return evaluated{}, err
	}
	var namespace *corev1.Namespace
	if one.Namespace != nil && string(one.Namespace) != "null" {
		namespace = &corev1.Namespace{}
		if err := json.Unmarshal(one.Namespace, namespace); err != nil {
			return evaluated{}, err
		}
	}
	if p.validator == nil {
		return evaluated{}, nil
	}
	kind := schema.GroupVersionKind{Group: one.Group, Version: one.Version, Kind: one.Kind}
	resource := schema.GroupVersionResource{Group: one.Group, Version: one.Version, Resource: one.Resource}
	attributes := admission.NewAttributesRecord(asObject(object), asObject(old), kind, one.InSpace, one.Name, resource, "",
		admission.Operation(one.Operation), optionsOf(one.Operation), false, &user.DefaultInfo{})
	versioned := &admission.VersionedAttributes{
		Attributes:         attributes,
		VersionedObject:    admission.NewLazyObject(asObject(object)),
		VersionedOldObject: admission.NewLazyObject(asObject(old)),
		VersionedKind:      kind,
	}
	result := p.validator.Validate(context.Background(), resource, versioned, asObject(params), namespace, celconfig.RuntimeCELCostBudget, nil)

	var found evaluated
	for at, one := range result.Decisions {
		if one.Evaluation == validating.EvalAdmit {
			continue
		}
		made := decision{Index: -1, Evaluation: string(one.Evaluation), Action: string(one.Action), Message: one.Message, Reason: string(one.Reason), Place: []any{}}
		// A single error stands for the policy as a whole where it ends the evaluation.
		if len(result.Decisions) == len(p.indices) && at < len(p.indices) {
			made.Index = p.indices[at]
			place, reads := placeOf(p.evaluation(at, func(to *recorder) names {
				request := cel.CreateAdmissionRequest(attributes, metav1.GroupVersionResource(resource), metav1.GroupVersionKind(kind))
				return names{
					cel.ObjectVarName:    watchedObject(to, object),
					cel.OldObjectVarName: types.DefaultTypeAdapter.NativeToValue(nilled(old)),
					cel.ParamsVarName:    types.DefaultTypeAdapter.NativeToValue(nilled(params)),
					cel.RequestVarName:   common.SchemalessTypedToVal(request),
					cel.NamespaceVarName: common.SchemalessTypedToVal(cel.CreateNamespaceObject(namespace)),
				}
			}))
			if place != nil {
				made.Place = place
			}
			made.Reads = reads
		}
		found.Decisions = append(found.Decisions, made)
	}
	for _, one := range result.AuditAnnotations {
		if one.Action != "" && one.Action != validating.AuditAnnotationActionExclude {
			found.Annotations = append(found.Annotations, annotation{Key: one.Key, Value: one.Value, Action: string(one.Action), Error: one.Error})
		}
	}
	return found, nil
}

// asObject makes a nil interface of a nil map.
func asObject(content map[string]any) runtime.Object {
	if content == nil {
		return nil
	}
	return &unstructured.Unstructured{Object: content}
}

func nilled(content map[string]any) any {
	if content == nil {
		return nil
	}
	return content
}

func watchedObject(to *recorder, object map[string]any) any {
	value := types.DefaultTypeAdapter.NativeToValue(nilled(object))
	return to.watch(value, nil)
}

func optionsOf(operation string) runtime.Object {
	switch admission.Operation(operation) {
	case admission.Create:
		return &metav1.CreateOptions{}
	case admission.Update:
		return &metav1.UpdateOptions{}
	case admission.Delete:
		return &metav1.DeleteOptions{}
	}
	return nil
}
