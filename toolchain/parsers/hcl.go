package main

import (
	"cmp"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// hclPlaces walks a file as hcl2json does, which makes the value: a block is an item of a list below its type and labels.
func hclPlaces(source []byte) []place {
	file, _ := hclsyntax.ParseConfig(source, "", hcl.Pos{Line: 1, Column: 1})
	if file == nil {
		return nil
	}
	body, isBody := file.Body.(*hclsyntax.Body)
	if !isBody {
		return nil
	}
	walk := hclWalk{counts: map[string]int{}}
	walk.body("", body)
	return walk.found
}

type hclWalk struct {
	found  []place
	counts map[string]int
}

func (w *hclWalk) add(pointer string, from, to hcl.Range) {
	w.found = append(w.found, place{pointer, from.Start.Line, from.Start.Column, to.End.Line})
}

func (w *hclWalk) body(pointer string, body *hclsyntax.Body) {
	for _, block := range body.Blocks {
		at1 := below(pointer, block.Type)
		w.first(at1, block)
		for _, label := range block.Labels {
			at1 = below(at1, label)
			w.first(at1, block)
		}
		item := at(at1, w.counts[at1])
		w.counts[at1]++
		w.add(item, block.TypeRange, block.Range())
		w.body(item, block.Body)
	}
	attributes := make([]*hclsyntax.Attribute, 0, len(body.Attributes))
	for _, attribute := range body.Attributes {
		attributes = append(attributes, attribute)
	}
	slices.SortFunc(attributes, func(a, b *hclsyntax.Attribute) int {
		return cmp.Compare(a.SrcRange.Start.Byte, b.SrcRange.Start.Byte)
	})
	for _, attribute := range attributes {
		pointer := below(pointer, attribute.Name)
		w.add(pointer, attribute.NameRange, attribute.SrcRange)
		w.inside(pointer, attribute.Expr)
	}
}

// The containers that a block's type and labels make have the place of their first block.
func (w *hclWalk) first(pointer string, block *hclsyntax.Block) {
	if w.counts["first "+pointer] > 0 {
		return
	}
	w.counts["first "+pointer]++
	w.add(pointer, block.TypeRange, block.Range())
}

func (w *hclWalk) inside(pointer string, expression hclsyntax.Expression) {
	switch known := expression.(type) {
	case *hclsyntax.TupleConsExpr:
		for i, item := range known.Exprs {
			w.add(at(pointer, i), item.Range(), item.Range())
			w.inside(at(pointer, i), item)
		}
	case *hclsyntax.ObjectConsExpr:
		for _, item := range known.Items {
			key, diagnostics := item.KeyExpr.Value(nil)
			if diagnostics.HasErrors() || !key.IsWhollyKnown() || key.IsNull() || key.Type().FriendlyName() != "string" {
				continue
			}
			pointer := below(pointer, key.AsString())
			w.add(pointer, item.KeyExpr.Range(), item.ValueExpr.Range())
			w.inside(pointer, item.ValueExpr)
		}
	}
}
