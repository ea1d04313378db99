package main

import (
	"regexp"
	"strings"
)

var repositoryUser = regexp.MustCompile(`^[a-z][a-z0-9-]*@`)

// isRepository tells whether Kustomize takes a text for the address of a Git repository, by the rules of its URL parser:
// a known scheme, or github.com, or user@host, and then a path of two parts. It errs on the side of yes.
func isRepository(text string) bool {
	if strings.HasPrefix(text, "/") {
		return false
	}
	text, _, _ = strings.Cut(strings.TrimPrefix(strings.ToLower(text), "git::"), "?")
	for _, scheme := range []string{"ssh://", "https://", "http://", "file://"} {
		if strings.HasPrefix(text, scheme) {
			return true
		}
	}
	user := repositoryUser.FindString(text)
	host := text[len(user):]
	if user == "" && !strings.HasPrefix(host, "github.com/") && !strings.HasPrefix(host, "github.com:") {
		return false
	}
	at := strings.IndexAny(host, "/:")
	return at > 0 && strings.ContainsAny(host[at+1:], "/.")
}
