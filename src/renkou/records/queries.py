"""What is read from the office database."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Max, QuerySet

from renkou.records.models import Decision

Pair = tuple[int, int]


def binding_decisions() -> QuerySet[Decision]:
    """Of each pair the newest word, ordered by pair."""
    newest = Decision.objects.values("record_id_l", "record_id_r").annotate(newest=Max("id"))
    return Decision.objects.filter(id__in=newest.values("newest")).select_related("decided_by")


def binding_decisions_by_pair(pairs: Iterable[Pair]) -> dict[Pair, Decision]:
    """The newest word on each of these pairs that has one."""
    wanted = set(pairs)
    lefts = sorted({left for left, _ in wanted})
    found: dict[Pair, Decision] = {}
    for start in range(0, len(lefts), 500):  # SQLite takes a limited number of parameters
        chunk = binding_decisions().filter(record_id_l__in=lefts[start : start + 500])
        for decision in chunk:
            pair = (decision.record_id_l, decision.record_id_r)
            if pair in wanted:
                found[pair] = decision
    return found
