package main

import (
	"encoding/json"
	"runtime"

	"github.com/open-policy-agent/opa/v1/version"
)

func versionsOperation(json.RawMessage, []byte) (any, []byte, error) {
	return map[string]string{"opa": version.Version, "go": runtime.Version()}, nil, nil
}
