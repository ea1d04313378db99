package main

import (
	"path"
	"regexp"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// naming is what a root's kustomizations do to names.
type naming struct {
	prefixes, suffixes []string
	// free: something renames in other ways, such as a patch, so that only what has a hash is known by its name.
	free bool
}

// hashed are the kinds whose names get the hash of their content, where a generator made them or merged with them.
var hashed = map[string]bool{"ConfigMap": true, "Secret": true}

var contentHash = regexp.MustCompile(`^-[0-9a-z]{10}$`)

// hasHash tells whether a name ends as those of generated objects do.
func hasHash(name string) bool {
	at := len(name) - len("-0123456789")
	return at > 0 && contentHash.MatchString(name[at:])
}

// canBecome tells whether an object with its own name may be printed with this one, where nothing else renames.
func (n *naming) canBecome(own, name string, mayHaveHash bool) bool {
	if own == "" {
		return false
	}
	for at := 0; at+len(own) <= len(name); at++ {
		if name[at:at+len(own)] == own && isMadeOf(name[:at], n.prefixes) && n.canFollow(name[at+len(own):], mayHaveHash) {
			return true
		}
	}
	return false
}

func (n *naming) canFollow(text string, mayHaveHash bool) bool {
	if isMadeOf(text, n.suffixes) {
		return true
	}
	at := len(text) - len("-0123456789")
	return mayHaveHash && at >= 0 && contentHash.MatchString(text[at:]) && isMadeOf(text[:at], n.suffixes)
}

// isMadeOf tells whether a text is a sequence of these parts; the empty text is.
func isMadeOf(text string, parts []string) bool {
	reached := make([]bool, len(text)+1)
	reached[0] = true
	for at := range text {
		for _, part := range parts {
			if reached[at] && part != "" && strings.HasPrefix(text[at:], part) {
				reached[at+len(part)] = true
			}
		}
	}
	return reached[len(text)]
}

// renaming matches a JSON patch that may change a name.
var renaming = regexp.MustCompile(`/metadata(/name)?(["',\s}]|$)`)

// read adds what one kustomization does to names.
func (n *naming) read(document *yaml.RNode) {
	n.prefixes = append(n.prefixes, textOf(document, "namePrefix"))
	n.suffixes = append(n.suffixes, textOf(document, "nameSuffix"))
	n.free = n.free || len(items(document, "transformers")) > 0 || len(items(document, "replacements")) > 0
	for _, entry := range items(document, "patches") {
		n.free = n.free || entry.Field("options") != nil
	}
}

// readPatches adds what the patches of all kustomizations do to names.
func (n *naming) readPatches(patches []patch, files *tree) {
	for _, one := range patches {
		content, known := files.files[path.Join(path.Dir(one.file), one.path)]
		n.free = n.free || renaming.MatchString(one.text) || known && renaming.Match(content)
	}
}
