-- the metrics of the second round: those on goals and value, which rest on other metrics
{{ metric_values(source("metricflow", "outcome_metric_inputs"), true) }}
