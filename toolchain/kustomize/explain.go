package main

import (
	"bytes"
	"fmt"
	"path"
	"regexp"
	"strings"
)

// explain tells where the entry is that a build failed over, as far as Kustomize's words tell. `failed` is asked only
// where these words are shown.
func (s *surveyed) explain(files *tree, anywhere bool, failed func() error) *failure {
	if found := s.misplaced(files, anywhere); found != nil {
		return found
	}
	text := shown(failed())
	for _, locate := range []func(*tree, string) (string, int){s.cycle, s.plugin, s.unmatchedPatch, s.resource} {
		if file, line := locate(files, text); file != "" {
			return &failure{Message: text, Path: inTree(file), Line: line}
		}
	}
	return &failure{Message: text}
}

// misplaced is the first entry that names something which is not where it may be loaded from.
func (s *surveyed) misplaced(files *tree, anywhere bool) *failure {
	for _, one := range s.references {
		directory := path.Dir(one.file)
		target := path.Join(directory, one.value)
		why := ""
		switch {
		case strings.ContainsAny(one.value, "={") || strings.Contains(one.value, ": "):
			// Perhaps no path: a generator's `key=path`, or something written in place.
			continue
		case path.IsAbs(one.value):
			why = "an absolute path"
		case target != mount && !strings.HasPrefix(target, mount+"/"):
			why = "which leaves the tree"
		case !files.Exists(target):
			why = "which is not in the tree"
		case !anywhere && !files.IsDir(target) && !strings.HasPrefix(target, strings.TrimSuffix(directory, "/")+"/"):
			why = "a file outside of the kustomization's own directory"
		default:
			continue
		}
		return &failure{Message: fmt.Sprintf("%s names %s, %s", one.field, one.value, why), Path: inTree(one.file), Line: one.line}
	}
	return nil
}

var cycleDetected = regexp.MustCompile(`cycle detected: candidate root '([^']*)'`)

func (s *surveyed) cycle(_ *tree, text string) (file string, line int) {
	found := cycleDetected.FindStringSubmatch(text)
	for _, one := range s.references {
		if found != nil && one.loads && path.Join(path.Dir(one.file), one.value) == path.Join(mount, found[1]) {
			file, line = one.file, one.line
		}
	}
	return file, line
}

var pluginRefused = regexp.MustCompile(`unable to load (?:external plugin '|builtin )([A-Za-z0-9_-]+)`)

func (s *surveyed) plugin(files *tree, text string) (string, int) {
	found := pluginRefused.FindStringSubmatch(text)
	if found == nil {
		return "", 0
	}
	for _, one := range s.references {
		content := files.files[path.Join(path.Dir(one.file), one.value)]
		switch one.field {
		case "generators", "transformers", "validators":
			if bytes.Contains(content, []byte(found[1])) {
				return one.file, one.line
			}
		}
	}
	return "", 0
}

var noMatches = regexp.MustCompile(`no matches for Id ([^./]+)\.[^/]*/(\S+)\.(?:\[noNs\]|[^.;\s]+)`)

func (s *surveyed) unmatchedPatch(files *tree, text string) (string, int) {
	found := noMatches.FindStringSubmatch(text)
	if found == nil {
		return "", 0
	}
	for _, one := range s.patches {
		content := one.text
		if file, known := files.files[path.Join(path.Dir(one.file), one.path)]; known {
			content = string(file)
		}
		if strings.Contains(content, found[1]) && strings.Contains(content, found[2]) {
			return one.file, one.line
		}
	}
	return "", 0
}

var fromResource = regexp.MustCompile(`resources from '([^']*)'`)

// resource is the innermost entry of resources that Kustomize was about.
func (s *surveyed) resource(_ *tree, text string) (file string, line int) {
	named := fromResource.FindAllStringSubmatch(text, -1)
	for i := len(named) - 1; i >= 0; i-- {
		for _, one := range s.references {
			if one.loads && one.value == named[i][1] {
				return one.file, one.line
			}
		}
	}
	return "", 0
}
