"""Where compiled graphs stand in the folder `graphs/`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from cio_lang import ir

__all__ = ["FOLDERS", "graph_path"]

FOLDERS: Mapping[str, str] = {
    "journey": "",
    "segment": "segments",
    "topic": "topics",
    "template": "templates",
}
"""The folder of each kind; the policy, of which there is one, stands beside the journeys."""


def graph_path(graph: ir.Graph) -> Path:
    """The path of a graph from the folder on."""
    if graph.kind == "policy":
        return Path("policy.yaml")
    # A journey may be called "Policy"; no other has an underscore in its name.
    name = "policy_" if (graph.kind, graph.name) == ("journey", "policy") else graph.name
    return Path(FOLDERS[graph.kind]) / f"{name}.yaml"
