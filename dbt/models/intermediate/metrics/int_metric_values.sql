-- the metrics of the first round: those on tasks, finance and feedback, which goals and value may rest on
{{ metric_values(source("metricflow", "metric_inputs"), false) }}
