"""An SVG file made ready to stand inside a page: safe, with ids of its own, read aloud by its label."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree import ElementTree

from markupsafe import Markup

from simulator.base.errors import InputError, input_error

FORBIDDEN = {"script", "foreignobject", "iframe", "image", "animate", "set", "handler", "a"}
"""Elements that could run or load something; a figure of the house has none of them."""


def inline_svg(name: str, svg: str, label: str) -> Markup:
    """Return SVG for the inside of an HTML page.

    Parameters
    ----------
    name : prefix of every id, so that figures on one page do not borrow from each other.
    svg : the text of an SVG file.
    label : text alternative.

    Raises
    ------
    InputError
        When it is not SVG, or could run a script or load something.
    """
    root = _parsed(name, svg)
    prefix = re.sub(r"\W", "-", name)
    for parent in list(root.iter()):
        for child in [child for child in parent if _local(child.tag) == "metadata"]:
            parent.remove(child)
    for element in root.iter():
        for problem in _problems(element):
            raise _refused(name, problem)
        _rename(element, prefix)
    root.attrib |= {"id": f"{prefix}-picture", "role": "img", "aria-label": label}
    return Markup(ElementTree.tostring(root, encoding="unicode"))


def _parsed(name: str, svg: str) -> ElementTree.Element:
    if "<!ENTITY" in svg:
        raise _refused(name, "an entity of its own")
    try:
        root = ElementTree.fromstring(svg)
    except ElementTree.ParseError as error:
        raise _refused(name, str(error)) from None
    if _local(root.tag) != "svg":
        raise _refused(name, f"a <{_local(root.tag)}> element")
    return root


def _refused(name: str, given: str) -> InputError:
    return input_error(f"figure {name}", "a figure is SVG that stands alone", given, "SVG as a run draws it")


def _local(name: str) -> str:
    """Return a tag or attribute without its namespace, which HTML does not need."""
    return name.rpartition("}")[2]


def _problems(element: ElementTree.Element) -> Iterator[str]:
    if _local(element.tag).lower() in FORBIDDEN:
        yield f"a <{_local(element.tag)}> element"
    for key, value in element.attrib.items():
        attribute = _local(key).lower()
        if attribute.startswith("on") or (attribute in ("href", "src") and not value.startswith("#")):
            yield f"the attribute {attribute}"
        if attribute != "aria-label" and _loads(value):
            yield f"the attribute {attribute}"
    if _local(element.tag) == "style" and _loads(element.text or ""):
        yield "a style that loads something"


def _loads(value: str) -> bool:
    return bool(re.search(r"url\(\s*[\"']?(?![\"'#\s])|@import|javascript:", value, re.IGNORECASE))


def _rename(element: ElementTree.Element, prefix: str) -> None:
    """Prefix ids and the references to them, keep styles to this picture, and drop namespaces."""
    if _local(element.tag) == "style":
        element.text = re.sub(r"(^|\})\s*\*\s*\{", rf"\1#{prefix}-picture *{{", element.text or "")
    renamed = {}
    for key, value in element.attrib.items():
        attribute = _local(key)
        if attribute == "id":
            value = f"{prefix}-{value}"
        elif attribute == "href":
            value = f"#{prefix}-{value[1:]}"
        else:
            value = re.sub(r"url\((['\"]?)#", rf"url(\1#{prefix}-", value)
        renamed[attribute] = value
    element.tag = _local(element.tag)
    element.attrib.clear()
    element.attrib |= renamed
