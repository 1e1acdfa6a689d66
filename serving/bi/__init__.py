"""What BI tools are given: a dashboard for Apache Superset, and a Superset to look at it with."""
