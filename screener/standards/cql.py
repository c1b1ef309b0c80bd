"""A trial's criteria as a library of CQL, for a hospital that runs them where its records are.

Source: Clinical Quality Language 1.5, FHIR R4. What is null in it is listed in it, and told.
"""

from __future__ import annotations

from screener.catalog import Edition
from screener.interpreters.cql import written
from screener.site import Site
from screener.standards import Exported


def export_cql(edition: Edition, site: Site | None = None) -> Exported:
    """The version as a library; `site` names the codes of the data that it will be run on."""
    library = written(edition.protocol, edition.vocabulary, site)
    said = f"{len(library.whole)} of {len(edition.protocol.criteria)} criteria are said completely"
    return Exported(library.text, (said, *(f"null in {one}" for one in library.gaps)))
