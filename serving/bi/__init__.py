"""For BI tools: a dashboard for Apache Superset, and a local Superset to show it."""
