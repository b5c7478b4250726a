"""Values that do not get through unchanged: written by a putter, read by a getter, both by a server."""

import struct
import unicodedata

from syrpc import exact
from syrpc.exact import Number
from syrpc.peer import Peer

from .registry import defect


class Values(Peer):
    """Changes every value that is written or read, from the inside out."""

    def changed(self, value):
        raise NotImplementedError

    def written_value(self, data):
        # A server has changed it already, as it was read.
        return data if self.role == 'server' else exact.mapped(data, self.changed)

    def read_value(self, data):
        return exact.mapped(data, self.changed)


class Numbers(Values):
    def changed(self, value):
        return Number(self.number(value.text)) if isinstance(value, Number) else value

    def number(self, text):
        raise NotImplementedError

    @staticmethod
    def is_integer(text):
        return text.lstrip('-').isdigit()


@defect('integers-as-doubles')
class _(Numbers):
    def number(self, text):
        return str(int(float(text))) if self.is_integer(text) else text


@defect('integers-as-32-bits')
class _(Numbers):
    def number(self, text):
        return str((int(text) + (1 << 31)) % (1 << 32) - (1 << 31)) if self.is_integer(text) else text


@defect('integers-with-point')
class _(Numbers):
    def number(self, text):
        # Equal as numbers, but no integers any more.
        return str(float(text)) if self.is_integer(text) and len(text) < 16 else text


@defect('integers-in-strings')
class _(Values):
    def changed(self, value):
        return value.text if isinstance(value, Number) and Numbers.is_integer(value.text) else value


@defect('doubles-as-single')
class _(Numbers):
    def number(self, text):
        if self.is_integer(text):
            return text
        try:
            return repr(struct.unpack('f', struct.pack('f', float(text)))[0])
        except OverflowError:
            return text


@defect('doubles-rounded')
class _(Numbers):
    def number(self, text):
        return text if self.is_integer(text) else '%.10g' % float(text)


@defect('doubles-truncated')
class _(Numbers):
    def number(self, text):
        return text if self.is_integer(text) else str(int(float(text)))


@defect('minus-zero-lost')
class _(Numbers):
    def number(self, text):
        return text.lstrip('-') if float(text) == 0 else text


@defect('booleans-as-integers')
class _(Values):
    def changed(self, value):
        return Number(str(int(value))) if isinstance(value, bool) else value


@defect('null-as-empty-string')
class _(Values):
    def changed(self, value):
        return '' if value is None else value


@defect('null-members-left-out')
class _(Values):
    def changed(self, value):
        if isinstance(value, dict):
            return {key: item for key, item in value.items() if item is not None}
        return value


@defect('empty-object-as-array')
class _(Values):
    def changed(self, value):
        return [] if value == {} else value


@defect('empty-array-as-object')
class _(Values):
    def changed(self, value):
        return {} if value == [] else value


@defect('numeric-keys-as-array')
class _(Values):
    def changed(self, value):
        if isinstance(value, dict) and value and all(key.isdigit() for key in value):
            return list(value.values())
        return value


@defect('single-element-unwrapped')
class _(Values):
    """As those do who make JSON of XML."""

    def changed(self, value):
        return value[0] if isinstance(value, list) and len(value) == 1 else value


class Strings(Values):
    """Changes strings, those in keys too."""

    def changed(self, value):
        if isinstance(value, dict):
            return {self.string(key): item for key, item in value.items()}
        return self.string(value) if isinstance(value, str) else value

    def string(self, text):
        raise NotImplementedError


@defect('strings-composed')
class _(Strings):
    def string(self, text):
        return unicodedata.normalize('NFC', text)


@defect('strings-decomposed')
class _(Strings):
    def string(self, text):
        return unicodedata.normalize('NFD', text)


@defect('strings-trimmed')
class _(Strings):
    def string(self, text):
        return text.strip()


@defect('strings-without-nul')
class _(Strings):
    def string(self, text):
        return text.split('\0')[0]


@defect('strings-without-controls')
class _(Strings):
    def string(self, text):
        return ''.join(character for character in text if character >= ' ')


@defect('strings-ascii')
class _(Strings):
    def string(self, text):
        return text.encode('ascii', 'replace').decode('ascii')


@defect('strings-basic-plane')
class _(Strings):
    """Characters beyond U+FFFF are replaced, as in databases that keep three bytes of each."""

    def string(self, text):
        return ''.join('\ufffd' if character > '\uffff' else character for character in text)


@defect('strings-read-as-latin-1')
class _(Strings):
    def string(self, text):
        return text.encode('utf-8', 'surrogatepass').decode('latin-1')


@defect('strings-escaped-for-html')
class _(Strings):
    def string(self, text):
        return text.replace('&', '&amp;').replace('<', '&lt;').replace('>', '&gt;')


@defect('strings-without-backslash')
class _(Strings):
    def string(self, text):
        return text.replace('\\', '')


@defect('strings-cut')
class _(Strings):
    """255 characters, as in a database's column."""

    def string(self, text):
        return text[:255]


@defect('strings-cut-at-64-kib')
class _(Strings):
    """As with a length of two bytes."""

    def string(self, text):
        return text[:65535]


@defect('empty-string-as-null')
class _(Values):
    def changed(self, value):
        return None if value == '' else value


@defect('keys-lower-case')
class _(Values):
    def changed(self, value):
        return {key.lower(): item for key, item in value.items()} if isinstance(value, dict) else value


@defect('keys-without-underscores')
class _(Values):
    def changed(self, value):
        if isinstance(value, dict):
            return {key.replace('__', ''): item for key, item in value.items()}
        return value


@defect('keys-empty-left-out')
class _(Values):
    def changed(self, value):
        return {key: item for key, item in value.items() if key} if isinstance(value, dict) else value


@defect('depth-limited')
class _(Values):
    """What is nested deeper than 64 levels is null."""

    def written_value(self, data):
        return self.limited(data, 64)

    read_value = written_value

    def limited(self, value, levels):
        if not isinstance(value, (dict, list)):
            return value
        if levels == 0:
            return None
        if isinstance(value, dict):
            return {key: self.limited(item, levels - 1) for key, item in value.items()}
        return [self.limited(item, levels - 1) for item in value]


@defect('arrays-reversed')
class _(Values):
    def changed(self, value):
        return value[::-1] if isinstance(value, list) else value


@defect('arrays-sorted')
class _(Values):
    def changed(self, value):
        return sorted(value, key=exact.compact) if isinstance(value, list) else value


@defect('nulls-left-out-of-arrays')
class _(Values):
    def changed(self, value):
        return [item for item in value if item is not None] if isinstance(value, list) else value


@defect('data-of-previous-message')
class _(Peer):
    """The data is that of the message before, where there was one."""

    previous = None

    def mixed(self, data):
        mixed, self.previous = (data if self.previous is None else self.previous), data
        return mixed

    def read_value(self, data):
        return self.mixed(data)

    def written_value(self, data):
        return data if self.role == 'server' else self.mixed(data)
