"""JSON Schemas (2020-12) of what goes in and comes out: rules, profiles, results, traces.

Each has a versioned `$id`; what changes in the shape of one steps its version.
"""

from screener.schemas.answers import result_schema, trace_schema
from screener.schemas.profile import profile_schema
from screener.schemas.rules import rules_schema

__all__ = ["profile_schema", "result_schema", "rules_schema", "trace_schema"]
