"""JSON whose numbers stay as they were written: a double would change some of them."""

import json
from collections import namedtuple


class Number:
    """A number by its text."""

    __slots__ = ('text',)

    def __init__(self, text):
        self.text = text


def parse(text):
    """Raises ValueError for what is no JSON."""
    return json.loads(text, parse_int=Number, parse_float=Number, parse_constant=_refuse)


class Style(namedtuple('Style', 'raw comma colon slash', defaults=(False, ',', ':', '/'))):
    """How JSON is printed: text as it is, and not in ASCII; what stands for a comma, a colon, and a slash in text."""

    def text(self, value):
        # Half a pair has no form but its escape.
        is_half = any('\ud800' <= unit <= '\udfff' for unit in value)
        return json.dumps(value, ensure_ascii=not self.raw or is_half).replace('/', self.slash)


def compact(value, style=Style()):
    """The value as JSON; in ASCII and without white space, unless a style says otherwise."""
    if isinstance(value, Number):
        return value.text
    if isinstance(value, dict):
        members = [style.text(key) + style.colon + compact(value[key], style) for key in value]
        return '{%s}' % style.comma.join(members)
    if isinstance(value, list):
        return '[%s]' % style.comma.join([compact(element, style) for element in value])
    return style.text(value) if isinstance(value, str) else json.dumps(value)


def mapped(value, change):
    """The value with everything in it changed, from the inside out."""
    if isinstance(value, dict):
        value = {key: mapped(value[key], change) for key in value}
    elif isinstance(value, list):
        value = [mapped(element, change) for element in value]
    return change(value)


def _refuse(text):
    raise ValueError('not JSON: %s' % text)
