"""JSON whose numbers stay as they were written: a double would change some of them."""

import json


class Number:
    """A number by its text."""

    __slots__ = ('text',)

    def __init__(self, text):
        self.text = text


def parse(text):
    """Raises ValueError for what is no JSON."""
    return json.loads(text, parse_int=Number, parse_float=Number, parse_constant=_refuse)


def compact(value):
    """The value as JSON, in ASCII and without white space."""
    if isinstance(value, Number):
        return value.text
    if isinstance(value, dict):
        return '{%s}' % ','.join(['%s:%s' % (json.dumps(key), compact(value[key])) for key in value])
    if isinstance(value, list):
        return '[%s]' % ','.join([compact(element) for element in value])
    return json.dumps(value)


def mapped(value, change):
    """The value with everything in it changed, from the inside out."""
    if isinstance(value, dict):
        value = {key: mapped(value[key], change) for key in value}
    elif isinstance(value, list):
        value = [mapped(element, change) for element in value]
    return change(value)


def _refuse(text):
    raise ValueError('not JSON: %s' % text)
