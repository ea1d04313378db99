package main

import (
	"encoding/json"
	"sort"

	"github.com/Masterminds/semver/v3"
)

type versionsRequest struct {
	Constraint string   `json:"constraint"`
	Versions   []string `json:"versions"`
}

// versionsAnswer has the versions that fulfil the constraint, by index, latest first. Versions that are equal by their
// precedence keep their order: who asks decides between them.
type versionsAnswer struct {
	Matching []int `json:"matching"`
}

// versionsOperation tells which versions fulfil a constraint, in the language of Helm, Flux and Argo CD. What is no
// semantic version fulfils none.
func versionsOperation(text json.RawMessage, _ []byte) (any, []byte, error) {
	var request versionsRequest
	if err := json.Unmarshal(text, &request); err != nil {
		return nil, nil, err
	}
	constraint, err := semver.NewConstraint(request.Constraint)
	if err != nil {
		return failed(failure{Message: err.Error()})
	}
	parsed := make(map[int]*semver.Version, len(request.Versions))
	matching := []int{}
	for at, written := range request.Versions {
		version, err := semver.NewVersion(written)
		if err != nil || !constraint.Check(version) {
			continue
		}
		parsed[at] = version
		matching = append(matching, at)
	}
	sort.SliceStable(matching, func(one, other int) bool {
		return parsed[matching[one]].GreaterThan(parsed[matching[other]])
	})
	return versionsAnswer{matching}, nil, nil
}
