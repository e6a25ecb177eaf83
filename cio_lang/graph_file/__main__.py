"""Prints the JSON Schema of graph files: `python -m cio_lang.graph_file > FILE`."""

from __future__ import annotations

import json

from cio_lang.graph_file import json_schema

if __name__ == "__main__":
    print(json.dumps(json_schema(), indent=2, ensure_ascii=False))
