"""Reads a dlt source in a process of its own: its configuration comes by standard input, records go out as lines.

A program, not a module: it imports nothing of this project. dlt keeps no state and reports to nobody.
"""

import importlib
import json
import sys

AT_ONCE = 1000  # records of a line


def main() -> None:
    """Write each table's records, and in the end that there are no more."""
    import dlt
    from dlt.common.json import json as dlt_json

    dlt.config["runtime.dlthub_telemetry"] = False
    asked = json.load(sys.stdin)

    if asked["rest_api"] is not None:
        from dlt.sources.rest_api import rest_api_source

        source = rest_api_source(asked["rest_api"])
    else:
        module, _, name = asked["function"].partition(":")
        source = getattr(importlib.import_module(module), name)(**asked["arguments"])
    out = sys.stdout.buffer

    def write(**line: object) -> None:
        out.write(dlt_json.dumpb(line) + b"\n")

    for table in asked["tables"]:
        records = []
        for record in source.resources[table] if hasattr(source, "resources") else source:
            records.append(record)
            if len(records) == AT_ONCE or asked["limit"]:
                write(table=table, records=records)
                records = []
            if asked["limit"]:
                break
        write(table=table, records=records)
    write(is_end=True)
    out.flush()


main()
