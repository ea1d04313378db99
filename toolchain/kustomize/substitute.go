package main

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"

	"github.com/fluxcd/pkg/envsubst"
	"sigs.k8s.io/yaml"
)

type substituteRequest struct {
	Documents []string          `json:"documents"`
	Variables map[string]string `json:"variables"`
	Strict    bool              `json:"strict"`
	// KeepUnknown leaves unknown variables as they are written.
	KeepUnknown bool `json:"keepUnknown"`
}

type substituteAnswer struct {
	Documents []string `json:"documents"`
	Failure   *failure `json:"failure,omitempty"`
}

var variableName = regexp.MustCompile("^[_[:alpha:]][_[:alpha:][:digit:]]*$")

// The label or annotation that keeps Flux from substituting in an object.
const substituteKey, substituteDisabled = "kustomize.toolkit.fluxcd.io/substitute", "disabled"

// substituteOperation does what kustomize-controller does to each object that Kustomize yields.
func substituteOperation(raw json.RawMessage, _ []byte) (any, []byte, error) {
	var request substituteRequest
	if err := json.Unmarshal(raw, &request); err != nil {
		return nil, nil, err
	}
	answer := substituteAnswer{Documents: make([]string, len(request.Documents))}
	for name, value := range request.Variables {
		if !variableName.MatchString(name) {
			return substituteAnswer{Failure: &failure{Message: fmt.Sprintf("%q cannot be the name of a variable: expected letters, digits and underscores, without a digit at the start", name)}}, nil, nil
		}
		request.Variables[name] = strings.ReplaceAll(value, "\n", "")
	}
	for i, document := range request.Documents {
		text, err := substitute(document, request)
		if err != nil {
			return substituteAnswer{Failure: &failure{Message: err.Error(), Document: &i}}, nil, nil
		}
		answer.Documents[i] = text
	}
	return answer, nil, nil
}

func substitute(document string, request substituteRequest) (string, error) {
	var object struct {
		Metadata struct {
			Labels      map[string]any `json:"labels"`
			Annotations map[string]any `json:"annotations"`
		} `json:"metadata"`
	}
	if err := yaml.Unmarshal([]byte(document), &object); err != nil {
		return "", err
	}
	if object.Metadata.Labels[substituteKey] == substituteDisabled || object.Metadata.Annotations[substituteKey] == substituteDisabled {
		return document, nil
	}
	output, err := envsubst.Eval(document, func(name string) (string, bool) {
		value, known := request.Variables[name]
		if !known && request.KeepUnknown {
			return "${" + name + "}", true
		}
		return value, known || !request.Strict
	})
	if err != nil {
		return "", fmt.Errorf("variable substitution failed: %w", err)
	}
	text, err := yaml.YAMLToJSON([]byte(output))
	if err != nil {
		return "", fmt.Errorf("not YAML after substitution: %w", err)
	}
	rendered, err := yaml.JSONToYAML(text)
	return string(rendered), err
}
