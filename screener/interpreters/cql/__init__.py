"""A protocol as a library of CQL 1.5 over FHIR R4, in which unknown is null.

`library` puts it together; `records` says which resources hold a fact, `selections` makes one truth
of them, `formula` combines truths. What CQL, or this translation, cannot say is null and named.
"""

from screener.interpreters.cql.library import Gap, Written, written

__all__ = ["Gap", "Written", "written"]
