package main

import (
	"encoding/json"
	"errors"
	"fmt"
)

// objectsIn cuts an output into the texts of its objects: an array of objects or one object, as Argo CD reads it. Nulls of
// an array are passed over.
func objectsIn(output []byte) ([]string, error) {
	var elements []json.RawMessage
	if json.Unmarshal(output, &elements) == nil {
		var texts []string
		for at, element := range elements {
			if string(element) == "null" {
				continue
			}
			if err := checkObject(element); err != nil {
				return nil, fmt.Errorf("element %d of its output: %w", at, err)
			}
			texts = append(texts, string(element))
		}
		return texts, nil
	}
	if err := checkObject(output); err != nil {
		return nil, fmt.Errorf("its output: %w", err)
	}
	return []string{string(output)}, nil
}

// checkObject says what keeps a value from being an object of Kubernetes, or a List of them.
func checkObject(text json.RawMessage) error {
	var object map[string]json.RawMessage
	if json.Unmarshal(text, &object) != nil || object == nil {
		return errors.New("expected an object of Kubernetes, or an array of these")
	}
	for _, key := range []string{"apiVersion", "kind"} {
		var value string
		if json.Unmarshal(object[key], &value) != nil || value == "" {
			return fmt.Errorf("expected an object of Kubernetes, found one without %s", key)
		}
	}
	if string(object["kind"]) != `"List"` {
		return nil
	}
	var items []json.RawMessage
	if raw, given := object["items"]; given && json.Unmarshal(raw, &items) != nil {
		return errors.New("items of a List must be an array")
	}
	for at, item := range items {
		if err := checkObject(item); err != nil {
			return fmt.Errorf("item %d: %w", at, err)
		}
	}
	return nil
}
