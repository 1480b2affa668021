"""What pages share: their templates, data and digests of what their policy allows. Pure.

A page is one file that needs no network; its policy names each script and style by its digest.
"""

from __future__ import annotations

import hashlib
import json
from base64 import b64encode
from functools import cache
from importlib.resources import files

import jinja2
from markupsafe import Markup


def page_environment() -> jinja2.Environment:
    """Templates of this package; what they are given is escaped, what they miss is an error."""
    return jinja2.Environment(
        loader=jinja2.PackageLoader("renkou.publishing"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )


@cache
def page_template(name: str) -> jinja2.Template:
    """A template of this package by its file name."""
    return page_environment().get_template(name)


@cache
def page_resource(name: str) -> str:
    """The text of a style or script that lies beside the templates."""
    return (files("renkou.publishing") / "templates" / name).read_text(encoding="utf-8")


def policy_digest(text: str) -> str:
    """The SHA-256 by which a content security policy names a script or a style.

    >>> policy_digest("")
    '47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='
    """
    return b64encode(hashlib.sha256(text.encode()).digest()).decode()


def json_in_script(data: object) -> Markup:
    """Data as JSON inside a script element: nothing in it can end the element.

    >>> print(json_in_script({"area": "</script>"}))
    {"area":"\\u003c/script>"}
    """
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return Markup(text.replace("<", "\\u003c"))  # noqa: S704
