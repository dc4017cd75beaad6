"""Writes the queries of a Grafana dashboard into a file: a title and a query a line."""

import json
import sys

with open(sys.argv[1]) as file, open(sys.argv[2], "w") as queries:
    for panel in json.load(file)["panels"]:
        for target in panel["targets"]:
            # Grafana puts a span of time there.
            query = target["expr"].replace("$__rate_interval", "1m")
            queries.write(f"{panel['title']}\t{query}\n")
