// Package origin finds out which line of which template, and which values, a rendered line came from. Templates are
// rewritten so that they print marks of where they are; the marks are taken out again and read. What the rewritten
// templates print without their marks must be what the templates print: the caller compares, and forgets the rest.
package origin

import "strconv"

// step leads from a value to one in it: a key that the template names, or, in a loop, the key of the current round.
type step struct {
	key  string
	loop int // 0: a key
}

// symbol says, before anything is rendered, what an expression may yield: values reached from the template's own data,
// in one of several ways, or a dictionary that the template builds. What cannot be known is left out.
type symbol struct {
	paths [][]step
	dict  map[string]symbol
}

func (s symbol) empty() bool { return len(s.paths) == 0 && len(s.dict) == 0 }

// data is what the template was called with.
var data = symbol{paths: [][]step{nil}}

func (s symbol) then(next step) symbol {
	var result symbol
	if inner, known := s.dict[next.key]; known && next.loop == 0 {
		result = inner
	}
	for _, path := range s.paths {
		longer := append(append([]step{}, path...), next)
		result.paths = append(result.paths, longer)
	}
	return result
}

func (s symbol) fields(names []string) symbol {
	for _, name := range names {
		s = s.then(step{key: name})
	}
	return s
}

func union(symbols ...symbol) symbol {
	var result symbol
	for _, one := range symbols {
		result.paths = append(result.paths, one.paths...)
		for key, inner := range one.dict {
			if result.dict == nil {
				result.dict = map[string]symbol{}
			}
			result.dict[key] = union(result.dict[key], inner)
		}
	}
	return result
}

// elements is what a loop over it may visit where nothing better is known.
func (s symbol) elements() symbol {
	result := symbol{paths: s.paths}
	for _, inner := range s.dict {
		result = union(result, inner)
	}
	return result
}

// flat forgets the structure: everything that is in it somewhere.
func (s symbol) flat() symbol {
	result := symbol{paths: s.paths}
	for _, inner := range s.dict {
		result.paths = append(append([][]step{}, result.paths...), inner.flat().paths...)
	}
	return result
}

// thing is a symbol in one call of its template: paths into the values of the top chart.
type thing struct {
	paths [][]string
	dict  map[string]thing
}

func (t thing) at(key string) thing {
	var result thing
	if inner, known := t.dict[key]; known {
		result = inner
	}
	for _, path := range t.paths {
		result.paths = append(result.paths, append(append([]string{}, path...), key))
	}
	return result
}

// frame is one call of one template: what it was called with, and the round that each of its loops is in.
type frame struct {
	data   thing
	rounds map[int]int
}

// resolve needs the values to tell the key of a round: maps are visited in the order of their keys.
func (f *frame) resolve(s symbol, values any) thing {
	var result thing
	for _, path := range s.paths {
		at := f.data
		for _, one := range path {
			if one.loop == 0 {
				at = at.at(one.key)
				continue
			}
			at = at.round(f.rounds[one.loop], values)
		}
		result.paths = append(result.paths, at.paths...)
		for key, inner := range at.dict {
			if result.dict == nil {
				result.dict = map[string]thing{}
			}
			result.dict[key] = inner
		}
	}
	for key, inner := range s.dict {
		if result.dict == nil {
			result.dict = map[string]thing{}
		}
		result.dict[key] = f.resolve(inner, values)
	}
	return result
}

func (t thing) round(number int, values any) thing {
	var result thing
	for _, path := range t.paths {
		if key, known := keyOfRound(valueAt(values, path), number); known {
			result.paths = append(result.paths, append(append([]string{}, path...), key))
		}
	}
	return result
}

func keyOfRound(value any, number int) (string, bool) {
	switch value := value.(type) {
	case []any:
		if number < len(value) {
			return strconv.Itoa(number), true
		}
	case map[string]any:
		keys := sortedKeys(value)
		if number < len(keys) {
			return keys[number], true
		}
	}
	return "", false
}
