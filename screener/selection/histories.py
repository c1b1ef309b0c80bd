"""Facts that are more than one reading: fixed values, and "has had".

Source: semantics sections 6.3 and 6.4.
"""

from __future__ import annotations

from screener.causes import Cause, foremost
from screener.ir import Ever, Fixed, RecordSet
from screener.selection.frame import Extent, Frame
from screener.selection.members import (
    Member,
    Members,
    members,
    nothing_counts,
)
from screener.selection.observed import dates, settled, unsettled
from screener.selection.requirements import NO, YES
from screener.selection.selected import Reach, Selected, absent, used


def fixed(frame: Frame, node: Fixed) -> Selected:
    """Every value recorded is a possible reading (6.3)."""
    found = members(frame, node.of)
    firm = [one for one in found.certain if one.record.value is not None]
    if not firm:
        return unsettled(frame, found, observed=False)
    others = [one for one in found.possible if one.record.value is not None]
    return settled(frame, node, found, firm + others, [], found.outside)


def ever(frame: Frame, node: Ever) -> Selected:
    """Whether it has been so: a yes of any day, or a no said late enough (6.4)."""
    found = members(frame, node.of)
    extent = None if node.within is None else frame.extent(node.within)
    if extent is not None and not extent.spans:
        return Selected((), extent.cause, 0, extent.used, extent.lacks, found.outside, True)
    if extent is not None:
        # A no said after the window counts as well: only its opening matters.
        extent = extent._replace(reach=Reach(extent.reach.opens, None))
    placed = found._replace(extent=extent)
    yeses = [one for one in found.both if one.record.value == YES]
    # A no denies all kinds, whatever `where` asks for, so it is taken from all records.
    nos = [one for one in members(frame, RecordSet(node.of.fact)).certain if one.record.value == NO]
    contrary = [(no, yes) for no in nos for yes in yeses if no.last >= yes.first]
    if contrary:
        sure = any(no.first >= yes.last and yes.cause is None for no, yes in contrary)
        causes = [yes.cause or Cause.IMPRECISE for _, yes in contrary]
        cause = Cause.CONFLICT if sure else foremost(causes)
        both = dict.fromkeys(used(found.fact, one.record, one.record.value) for one in yeses + nos)
        entries = dates(placed) + tuple(both)
        return Selected((), cause, 0, entries, found.lacks(False), found.outside)
    certain = [one for one in yeses if one.cause is None]
    if certain:
        entries = dates(placed) + tuple(used(found.fact, one.record, YES) for one in certain)
        return Selected((YES,), None, 1, entries, placed.lacks(False), found.outside)
    if yeses:
        cause = foremost(one.cause for one in yeses if one.cause)
        possible = tuple(used(found.fact, one.record, None, cause) for one in yeses)
        entries = dates(placed) + possible
        return Selected((), cause, 0, entries, placed.lacks(False), found.outside)
    return _denied(frame, placed, nos, extent)


def _denied(frame: Frame, found: Members, nos: list[Member], extent: Extent | None) -> Selected:
    """No yes: a no of the first day of the window or later settles it."""
    opens = [first for first, _ in extent.spans] if extent is not None else []
    good = [no for no in nos if all(no.first >= first for first in opens)]
    if good:
        entries = dates(found) + tuple(used(found.fact, no.record, NO) for no in good)
        return Selected((NO,), None, 1, entries, found.lacks(False), found.outside)
    perhaps = [no for no in nos if any(no.last >= first for first in opens)]
    if perhaps:
        inexact = any(not no.exact for no in perhaps)
        cause = Cause.IMPRECISE if inexact or extent is None else extent.cause or Cause.IMPRECISE
        entries = dates(found) + tuple(used(found.fact, no.record, None, cause) for no in perhaps)
        by_date = not inexact
        return Selected((), cause, 0, entries, found.lacks(by_date), found.outside)
    silent = found._replace(
        certain=tuple(one for one in found.certain if one.record.value is None),
        possible=tuple(one for one in found.possible if one.record.value is None),
        early=bool(nos),
    )
    cause, lacks = nothing_counts(frame, silent, observed=False)
    entries = dates(found) + (
        tuple(used(found.fact, one.record) for one in found.both if one.record.absence is cause)
        or tuple(used(found.fact, no.record, None, cause) for no in nos)
        or (absent(found.fact, cause),)
    )
    return Selected((), cause, 0, entries, lacks, found.outside)
