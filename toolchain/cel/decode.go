package main

import (
	"encoding/json"

	utiljson "k8s.io/apimachinery/pkg/util/json"
)

// decodeObject decodes JSON as the API server does: integers as int64.
func decodeObject(text json.RawMessage) (map[string]any, error) {
	if text == nil || string(text) == "null" {
		return nil, nil
	}
	var object map[string]any
	if err := utiljson.Unmarshal(text, &object); err != nil {
		return nil, err
	}
	return object, nil
}
