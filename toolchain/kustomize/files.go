package main

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"sort"
	"strings"
	"syscall"

	"sigs.k8s.io/kustomize/kyaml/filesys"
)

// mount is where the tree lies. Not "/", above which no path leads: what climbs out of the tree must miss it.
const mount = "/.tree"

var errReadOnly = errors.New("the tree is read-only")

// tree is a file system of the files handed in. It counts how often each of them was read.
type tree struct {
	files    map[string][]byte
	children map[string][]string
	read     map[string]int
	// instead has texts that are read in place of a file's own.
	instead map[string][]byte
	// charts has, by a file that stands for a template's output, where that came from.
	charts map[string]origin
}

func newTree(files map[string][]byte) *tree {
	t := &tree{
		files:    make(map[string][]byte, len(files)),
		children: map[string][]string{mount: nil},
		read:     map[string]int{},
		charts:   map[string]origin{},
	}
	for name, content := range files {
		t.add(path.Join(mount, name), content)
	}
	return t
}

func (t *tree) add(full string, content []byte) {
	t.files[full] = content
	for child := full; child != mount; child = path.Dir(child) {
		parent := path.Dir(child)
		_, known := t.children[parent]
		t.children[parent] = append(t.children[parent], path.Base(child))
		if known {
			return
		}
	}
}

// inTree is the path as the tree's own listing has it.
func inTree(full string) string {
	return strings.TrimPrefix(strings.TrimPrefix(full, mount), "/")
}

func (t *tree) reads() []string {
	names := make([]string, 0, len(t.read))
	for _, full := range sortedKeys(t.read) {
		if _, made := t.charts[full]; !made {
			names = append(names, inTree(full))
		}
	}
	return names
}

// named gives what a chart's template rendered the template's name. An origin that is not known is empty.
func (t *tree) named(from []*origin) []origin {
	list := make([]origin, len(from))
	for i, one := range from {
		if one == nil {
			continue
		}
		list[i] = *one
		if template, found := t.charts[path.Join(mount, one.Path)]; found {
			list[i] = template
		}
	}
	return list
}

func absolute(name string) string {
	if !path.IsAbs(name) {
		name = path.Join(mount, name)
	}
	return path.Clean(name)
}

func (t *tree) ReadFile(name string) ([]byte, error) {
	full := absolute(name)
	content, found := t.files[full]
	if !found {
		if t.IsDir(full) {
			return nil, &fs.PathError{Op: "read", Path: name, Err: syscall.EISDIR}
		}
		return nil, &fs.PathError{Op: "open", Path: name, Err: syscall.ENOENT}
	}
	t.read[full]++
	if text, found := t.instead[full]; found {
		return text, nil
	}
	return content, nil
}

func (t *tree) IsDir(name string) bool {
	_, found := t.children[absolute(name)]
	return found
}

func (t *tree) Exists(name string) bool {
	_, found := t.files[absolute(name)]
	return found || t.IsDir(name)
}

func (t *tree) CleanedAbs(name string) (filesys.ConfirmedDir, string, error) {
	full := absolute(name)
	if t.IsDir(full) {
		return filesys.ConfirmedDir(full), "", nil
	}
	if t.Exists(full) {
		return filesys.ConfirmedDir(path.Dir(full)), path.Base(full), nil
	}
	return "", "", fmt.Errorf("evalsymlink failure on '%s' : %w", full, &fs.PathError{Op: "lstat", Path: full, Err: syscall.ENOENT})
}

func (t *tree) ReadDir(name string) ([]string, error) {
	children, found := t.children[absolute(name)]
	if !found {
		return nil, &fs.PathError{Op: "open", Path: name, Err: syscall.ENOENT}
	}
	sorted := append([]string(nil), children...)
	sort.Strings(sorted)
	return sorted, nil
}

func (t *tree) Glob(pattern string) ([]string, error) {
	var found []string
	for full := range t.files {
		matches, err := path.Match(absolute(pattern), full)
		if err != nil {
			return nil, err
		}
		if matches {
			found = append(found, full)
		}
	}
	sort.Strings(found)
	return found, nil
}

func (t *tree) Create(string) (filesys.File, error)  { return nil, errReadOnly }
func (t *tree) Open(string) (filesys.File, error)    { return nil, errReadOnly }
func (t *tree) Mkdir(string) error                   { return errReadOnly }
func (t *tree) MkdirAll(string) error                { return errReadOnly }
func (t *tree) RemoveAll(string) error               { return errReadOnly }
func (t *tree) WriteFile(string, []byte) error       { return errReadOnly }
func (t *tree) Walk(string, filepath.WalkFunc) error { return errReadOnly }
