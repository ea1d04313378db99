package main

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	"github.com/google/cel-go/common/types/traits"
)

// recorder notes what an expression reads of a value, in order. It tells where a finding belongs and never what it is: the
// expression was evaluated without it before.
type recorder struct {
	reads [][]any
	// ended holds the lists that were iterated to their end.
	ended map[string]int
	// backward lets lists be iterated from their end: an element that ended an iteration ends this one as well, and a
	// list that no element ended is iterated to its end in both directions.
	backward bool
}

// maxReads bounds what is kept of an expression that reads much.
const maxReads = 10_000

func (r *recorder) read(path []any) {
	if len(r.reads) < maxReads {
		r.reads = append(r.reads, path)
	}
}

func (r *recorder) end(path []any, size int) {
	if r.ended == nil {
		r.ended = map[string]int{}
	}
	r.ended[keyOf(path)] = size
}

func keyOf(path []any) string {
	parts := make([]string, len(path))
	for at, step := range path {
		parts[at] = fmt.Sprintf("%T%v", step, step)
	}
	return strings.Join(parts, "\x00")
}

func child(path []any, step any) []any {
	return append(append(make([]any, 0, len(path)+1), path...), step)
}

// watch wraps maps and lists so that what is read of them is noted.
func (r *recorder) watch(value ref.Val, path []any) ref.Val {
	switch one := value.(type) {
	case traits.Mapper:
		return &watchedMap{Mapper: one, path: path, to: r}
	case traits.Lister:
		return &watchedList{Lister: one, path: path, to: r}
	}
	return value
}

func unwatched(value ref.Val) ref.Val {
	switch one := value.(type) {
	case *watchedMap:
		return one.Mapper
	case *watchedList:
		return one.Lister
	}
	return value
}

type watchedMap struct {
	traits.Mapper
	path []any
	to   *recorder
}

func (m *watchedMap) at(key ref.Val, value ref.Val) ref.Val {
	path := child(m.path, key.Value())
	m.to.read(path)
	return m.to.watch(value, path)
}

func (m *watchedMap) Get(key ref.Val) ref.Val { return m.at(key, m.Mapper.Get(key)) }

func (m *watchedMap) Find(key ref.Val) (ref.Val, bool) {
	value, found := m.Mapper.Find(key)
	value = m.at(key, value)
	return value, found
}

func (m *watchedMap) Contains(key ref.Val) ref.Val {
	m.to.read(child(m.path, key.Value()))
	return m.Mapper.Contains(key)
}

func (m *watchedMap) IsSet(key ref.Val) ref.Val {
	m.to.read(child(m.path, key.Value()))
	if tester, ok := m.Mapper.(traits.FieldTester); ok {
		return tester.IsSet(key)
	}
	return m.Mapper.Contains(key)
}

func (m *watchedMap) Size() ref.Val {
	m.to.read(m.path)
	return m.Mapper.Size()
}

func (m *watchedMap) Equal(other ref.Val) ref.Val {
	m.to.read(m.path)
	return m.Mapper.Equal(unwatched(other))
}

func (m *watchedMap) ConvertToNative(to reflect.Type) (any, error) {
	m.to.read(m.path)
	return m.Mapper.ConvertToNative(to)
}

// IsZeroValue is asked by optional.ofNonZeroValue.
func (m *watchedMap) IsZeroValue() bool { return m.Size() == types.Int(0) }

func (m *watchedMap) Iterator() traits.Iterator {
	var keys []ref.Val
	for it := m.Mapper.Iterator(); it.HasNext() == types.True; {
		keys = append(keys, it.Next())
	}
	return m.to.iterate(keys, m.path, true)
}

type watchedList struct {
	traits.Lister
	path []any
	to   *recorder
}

func (l *watchedList) Get(index ref.Val) ref.Val {
	path := l.path
	if at, ok := index.Value().(int64); ok {
		path = child(l.path, at)
	}
	l.to.read(path)
	return l.to.watch(l.Lister.Get(index), path)
}

func (l *watchedList) Contains(value ref.Val) ref.Val {
	l.to.read(l.path)
	return l.Lister.Contains(unwatched(value))
}

func (l *watchedList) Size() ref.Val {
	l.to.read(l.path)
	return l.Lister.Size()
}

func (l *watchedList) Add(other ref.Val) ref.Val {
	l.to.read(l.path)
	return l.Lister.Add(unwatched(other))
}

func (l *watchedList) Equal(other ref.Val) ref.Val {
	l.to.read(l.path)
	return l.Lister.Equal(unwatched(other))
}

func (l *watchedList) ConvertToNative(to reflect.Type) (any, error) {
	l.to.read(l.path)
	return l.Lister.ConvertToNative(to)
}

func (l *watchedList) IsZeroValue() bool { return l.Size() == types.Int(0) }

func (l *watchedList) Iterator() traits.Iterator {
	var elements []ref.Val
	for it := l.Lister.Iterator(); it.HasNext() == types.True; {
		at := int64(len(elements))
		elements = append(elements, l.to.watch(it.Next(), child(l.path, at)))
	}
	return l.to.iterate(elements, l.path, false)
}

// iterator gives elements or keys, and notes each as read.
type iterator struct {
	types.Bool
	elements []ref.Val
	next     int
	path     []any
	to       *recorder
	isMap    bool
}

func (r *recorder) iterate(elements []ref.Val, path []any, isMap bool) traits.Iterator {
	r.read(path)
	return &iterator{elements: elements, path: path, to: r, isMap: isMap}
}

func (i *iterator) HasNext() ref.Val {
	if i.next == len(i.elements) {
		i.to.end(i.path, len(i.elements))
	}
	return types.Bool(i.next < len(i.elements))
}

func (i *iterator) Next() ref.Val {
	if i.next >= len(i.elements) {
		return nil
	}
	at := i.next
	if i.to.backward {
		at = len(i.elements) - 1 - at
	}
	i.next++
	element := i.elements[at]
	if _, isMap := element.(*watchedMap); isMap {
		return element
	}
	// Of a map these are keys, which name its values as indices name those of a list.
	if text, isKey := element.Value().(string); isKey && i.isMap {
		i.to.read(child(i.path, text))
	} else if !i.isMap {
		i.to.read(child(i.path, int64(at)))
	}
	return element
}
