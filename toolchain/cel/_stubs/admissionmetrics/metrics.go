// Package metrics stands in for the API server's: nothing is measured here.
package metrics

import (
	"context"
	"time"
)

type noMetrics struct{}

var Metrics noMetrics

func (noMetrics) ObserveMatchConditionEvalError(ctx context.Context, name, objectName, stepType, operation string) {
}

func (noMetrics) ObserveMatchConditionEvaluationTime(ctx context.Context, elapsed time.Duration, name, objectName, stepType, operation string) {
}
