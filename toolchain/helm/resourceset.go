package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"text/template"

	slimsprig "github.com/go-task/slim-sprig/v3"
	"github.com/gosimple/slug"
	"sigs.k8s.io/yaml"
)

type resourceSetRequest struct {
	// A text, or an object, whose YAML is the text.
	Templates []json.RawMessage `json:"templates"`
	// None: every template is filled once, without inputs.
	Inputs []json.RawMessage `json:"inputs"`
}

// resourceSetFailure says which template cannot be filled.
type resourceSetFailure struct {
	failure
	Template int `json:"template"`
}

func (f resourceSetFailure) answer() (any, []byte, error) {
	return map[string]resourceSetFailure{"failure": f}, nil, nil
}

// resourceSetOperation fills the templates of a ResourceSet with each of its inputs, as the Flux Operator documents it:
// Go's text/template between << and >> with the functions of slim-sprig, inputs, slugify, toYaml and mustToYaml.
func resourceSetOperation(text json.RawMessage, _ []byte) (any, []byte, error) {
	var request resourceSetRequest
	if err := json.Unmarshal(text, &request); err != nil {
		return nil, nil, err
	}
	sets := []map[string]any{nil}
	if len(request.Inputs) > 0 {
		sets = make([]map[string]any, len(request.Inputs))
	}
	for at, raw := range request.Inputs {
		set, err := inputsOf(raw)
		if err != nil {
			return nil, nil, err
		}
		sets[at] = set
	}
	slug.MaxLength, slug.EnableSmartTruncate = 63, true
	filled := make([][]string, len(request.Templates))
	for at, one := range request.Templates {
		written, err := templateText(one)
		if err != nil {
			return resourceSetFailure{failure{Message: err.Error()}, at}.answer()
		}
		for _, set := range sets {
			result, err := fillResource(written, set)
			if err != nil {
				return resourceSetFailure{failure{Message: err.Error()}, at}.answer()
			}
			filled[at] = append(filled[at], result)
		}
	}
	return map[string][][]string{"texts": filled}, nil, nil
}

func templateText(raw json.RawMessage) (string, error) {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return text, nil
	}
	written, err := yaml.JSONToYAML(raw)
	return string(written), err
}

func fillResource(text string, inputs map[string]any) (result string, err error) {
	defer func() {
		// A few functions panic on a wrong type.
		if trouble := recover(); trouble != nil {
			err = fmt.Errorf("%v", trouble)
		}
	}()
	parsed, err := template.New("resourceset").
		Delims("<<", ">>").
		Funcs(slimsprig.HermeticTxtFuncMap()).
		Funcs(template.FuncMap{
			"inputs":     func() any { return inputs },
			"slugify":    slug.Make,
			"mustToYaml": toYAML,
			"toYaml": func(value any) string {
				text, _ := toYAML(value)
				return text
			},
		}).
		Option("missingkey=error").
		Parse(text)
	if err != nil {
		return "", err
	}
	var out strings.Builder
	err = parsed.Execute(&out, nil)
	return out.String(), err
}

func toYAML(value any) (string, error) {
	text, err := yaml.Marshal(value)
	return string(text), err
}

// inputsOf reads numbers as Kubernetes does: whole ones as such.
func inputsOf(raw json.RawMessage) (map[string]any, error) {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	var inputs map[string]any
	if err := decoder.Decode(&inputs); err != nil {
		return nil, err
	}
	for key, value := range inputs {
		inputs[key] = withNumbers(value)
	}
	return inputs, nil
}

func withNumbers(value any) any {
	switch value := value.(type) {
	case json.Number:
		if whole, err := value.Int64(); err == nil {
			return whole
		}
		number, _ := value.Float64()
		return number
	case map[string]any:
		for key, inner := range value {
			value[key] = withNumbers(inner)
		}
	case []any:
		for at, inner := range value {
			value[at] = withNumbers(inner)
		}
	}
	return value
}
