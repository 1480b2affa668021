"""How certain a value is. Pure.

Certainty is in [0, 1]: the chance that the record is this person's, times (a + 1) / (a + d + 2),
where *a* lists hold the value and *d* hold another: Laplace's rule of succession, the mean chance
that a list holds it when nothing else is known. One list alone gives at most 0.67, two that agree
0.75, five 0.86; one against one 0.5. It says how well a value is attested, not how good a list is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from renkou.register.lists import sources_of_mask
from renkou.register.persons import ONLY_IN_VALUES
from renkou.register.survivorship import CHOSEN_FIELDS, RULES


def certainty_of(probability: float, agreeing: int, differing: int) -> float:
    """The certainty of a value that so many lists hold and so many contradict.

    >>> certainty_of(1.0, 2, 0), certainty_of(0.9, 1, 1)
    (0.75, 0.45)
    """
    return round(probability * (agreeing + 1) / (agreeing + differing + 2), 4)


def values_of_person(
    person: Mapping[str, Any],
    values: Mapping[str, Any],
    links: Mapping[int, Mapping[str, Any]],
    sources: Sequence[str],
) -> list[dict[str, Any]]:
    """Every value of one person with where it comes from.

    Parameters
    ----------
    person, values : the person's rows of `persons` and `values`
    links : the person's rows of `links` by record_id
    sources : the lists in the order of their bits

    Returns
    -------
    One dict per field that has a value: field, value, record_id, source, reference_date, rule,
    agreeing and differing (names of lists), certainty.
    """
    found = []
    for name in CHOSEN_FIELDS:
        value = values[f"{name}_value"] if name in ONLY_IN_VALUES else person[name]
        if value is None:
            continue
        link = links.get(values[f"{name}_record"], {})
        agreeing = sources_of_mask(values[f"{name}_agreeing"], sources)
        differing = sources_of_mask(values[f"{name}_differing"], sources)
        found.append(
            {
                "field": name,
                "value": value,
                "record_id": values[f"{name}_record"],
                "source": link.get("source"),
                "reference_date": link.get("reference_date"),
                "rule": RULES[values[f"{name}_rule"]],
                "agreeing": agreeing,
                "differing": differing,
                "certainty": certainty_of(person["probability"], len(agreeing), len(differing)),
            }
        )
    return found
