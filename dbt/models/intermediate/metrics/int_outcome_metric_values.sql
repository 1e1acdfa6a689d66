{{ metric_values(source("metricflow", "outcome_metric_inputs"), true) }}
