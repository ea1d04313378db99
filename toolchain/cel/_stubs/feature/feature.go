// Package feature stands in for Kubernetes' metrics of feature gates: nothing is measured here.
package feature

import "context"

func ResetFeatureInfoMetric() {}

func RecordFeatureInfo(ctx context.Context, name string, stage string, enabled bool) {}
