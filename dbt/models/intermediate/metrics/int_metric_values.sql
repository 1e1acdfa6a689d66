{{ metric_values(source("metricflow", "metric_inputs"), false) }}
