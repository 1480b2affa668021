"""Registered households and what each member is to the head. Pure."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from renkou.synthetic.city import City
from renkou.synthetic.draft import Draft
from renkou.synthetic.people import FEMALE, MALE
from renkou.synthetic.streams import Ints
from renkou.synthetic.writing import coded

CODES = {"01": "head", "10": "spouse", "20": "child", "30": "child", "38": "child_in_law",
         "41": "grandchild", "42": "grandchild", "51": "parent", "52": "parent", "97": "other"}  # fmt: skip
WORDS = {"01": "户主", "10": "配偶", "20": "子", "30": "女", "38": "儿媳", "41": "孙子",
         "42": "孙女", "51": "父亲", "52": "母亲", "97": "其他亲属"}  # fmt: skip
_ORDER = list(CODES)
HEAD, SPOUSE, SON, DAUGHTER, SON_S_WIFE, GRANDSON, GRANDDAUGHTER, FATHER, MOTHER, OTHER = range(10)


def registered_households(city: City) -> Ints:
    """The root of everyone's registered household.

    A woman who is still registered with her parents belongs to theirs.
    """
    homes = city.homes
    root = homes.household
    with_parents = (
        (city.people.sex == FEMALE)
        & (city.families.father >= 0)
        & (homes.registered_village != homes.registered_village[root])
    )
    return np.where(with_parents, root[city.families.father], root).astype(np.int32)


def _to_root(city: City, person: Ints, root: Ints) -> Ints:
    """What each person is to the household's root."""
    families, sex = city.families, city.people.sex[person]
    spouse = families.spouse[root]

    def is_couple(who: Ints) -> Ints:
        return (who >= 0) & ((who == root) | (who == spouse))

    mother, father = families.mother[person], families.father[person]
    partner = families.spouse[person]
    child = is_couple(mother) | is_couple(father)
    grandchild = is_couple(families.father[father]) & (father >= 0)
    grandchild |= is_couple(families.mother[mother]) & (mother >= 0)
    son_s_wife = (partner >= 0) & is_couple(families.father[partner]) & (sex == FEMALE)
    parent = (families.father[root] == person) | (families.mother[root] == person)
    male = sex == MALE
    cases = [
        person == root,
        (partner == root) & (partner >= 0),
        child,
        son_s_wife,
        grandchild,
        parent,
    ]
    codes: list[Any] = [HEAD, SPOUSE, np.where(male, SON, DAUGHTER), SON_S_WIFE,
             np.where(male, GRANDSON, GRANDDAUGHTER), np.where(male, FATHER, MOTHER)]  # fmt: skip
    code: Ints = np.select(cases, codes, OTHER).astype(np.int32)
    return code


def relationship_codes(city: City, person: Ints, household: Ints) -> Ints:
    """Codes of the rows of a list; where the root is not on it, somebody else is the head.

    The spouse becomes head and the children stay children; else the eldest, to whom the others are
    other relatives.
    """
    root = household[person]
    code = _to_root(city, person, root)
    order = np.lexsort((city.people.birth[person], code, root))
    first = np.concatenate([[True], root[order][1:] != root[order][:-1]]) if len(order) else order
    heads = order[np.flatnonzero(first)]
    orphaned = np.zeros(len(city.people), bool)
    promoted = heads[code[heads] > SPOUSE]
    orphaned[root[promoted]] = True
    code = np.where(orphaned[root], OTHER, code)
    code[heads] = HEAD
    return code.astype(np.int32)


def relationships(draft: Draft, household: Ints, words: dict[str, str] | None = None) -> pa.Array:
    """The relationship column, as codes or as words."""
    code = relationship_codes(draft.city, draft.person, household)
    return coded(code, [words[key] if words else key for key in _ORDER])
