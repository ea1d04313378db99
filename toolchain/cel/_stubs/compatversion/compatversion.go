// Package compatversion stands in for Kubernetes' metrics of versions: nothing is measured here.
package compatversion

import "context"

func ResetCompatVersionInfoMetric() {}

func RecordCompatVersionInfo(ctx context.Context, component, binary, emulation, minCompat string) {}
