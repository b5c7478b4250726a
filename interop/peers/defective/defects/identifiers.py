"""Other result ids and request types."""

import unicodedata
import uuid

from syrpc.exact import Number
from syrpc.peer import Peer

from .registry import defect


@defect('id-upper-case')
class _(Peer):
    def new_id(self):
        return super().new_id().upper()

    def kept_id(self, result_id):
        return result_id.upper()


@defect('id-without-hyphens')
class _(Peer):
    def new_id(self):
        return super().new_id().replace('-', '')

    def kept_id(self, result_id):
        return result_id.replace('-', '')


@defect('id-in-braces')
class _(Peer):
    def new_id(self):
        return '{%s}' % super().new_id()


@defect('id-by-time')
class _(Peer):
    def new_id(self):
        return str(uuid.uuid1())


@defect('id-version-5')
class _(Peer):
    def new_id(self):
        return str(uuid.uuid5(uuid.NAMESPACE_DNS, super().new_id()))


@defect('id-decimal')
class _(Peer):
    def new_id(self):
        return str(uuid.uuid4().int)


@defect('id-counted')
class _(Peer):
    count = 0

    def new_id(self):
        self.count += 1
        return '%s-%d' % (self.app_name, self.count)


@defect('id-reused')
class _(Peer):
    """One id for all requests of a connection."""

    last = None

    def new_id(self):
        self.last = self.last or super().new_id()
        return self.last


@defect('id-other-than-said')
class _(Peer):
    """The caller is told another id than the one that was sent."""

    def request(self, result_id, type_, data):
        return super().request(super().new_id(), type_, data)


@defect('id-of-its-own')
class _(Peer):
    def kept_id(self, result_id):
        return super().new_id()


@defect('id-with-suffix')
class _(Peer):
    def result(self, result_id, data):
        return super().result(result_id + '-result', data)


@defect('id-of-previous-request')
class _(Peer):
    """A result has the id of the request before."""

    previous = None

    def kept_id(self, result_id):
        kept, self.previous = self.previous or result_id, result_id
        return kept


class IDAsNumber(Peer):
    BITS = 0

    def number(self, result_id):
        return Number(str(uuid.UUID(result_id).int >> 128 - self.BITS))

    def request(self, result_id, type_, data):
        return super().request(self.number(result_id), type_, data)

    def result(self, result_id, data):
        return super().result(self.number(result_id), data)


@defect('id-as-number')
class _(IDAsNumber):
    BITS = 48


@defect('id-as-large-number')
class _(IDAsNumber):
    BITS = 128


@defect('id-in-array')
class _(Peer):
    def request(self, result_id, type_, data):
        return super().request([result_id], type_, data)

    def result(self, result_id, data):
        return super().result([result_id], data)


@defect('type-not-trimmed')
class _(Peer):
    def clean_type(self, type_):
        return type_


@defect('type-lower-case')
class _(Peer):
    def clean_type(self, type_):
        return super().clean_type(type_).lower()

    def seen_type(self, type_):
        return type_.lower()


@defect('type-upper-case')
class _(Peer):
    def clean_type(self, type_):
        return super().clean_type(type_).upper()

    def seen_type(self, type_):
        return type_.upper()


@defect('type-without-spaces')
class _(Peer):
    def clean_type(self, type_):
        return ''.join(type_.split())

    def seen_type(self, type_):
        return ''.join(type_.split())


@defect('type-dots-to-underscores')
class _(Peer):
    def clean_type(self, type_):
        return super().clean_type(type_).replace('.', '_')

    def seen_type(self, type_):
        return type_.replace('.', '_')


@defect('type-decomposed')
class _(Peer):
    def clean_type(self, type_):
        return unicodedata.normalize('NFD', super().clean_type(type_))

    def seen_type(self, type_):
        return unicodedata.normalize('NFD', type_)


@defect('type-cut')
class _(Peer):
    def clean_type(self, type_):
        return super().clean_type(type_)[:32]

    def seen_type(self, type_):
        return type_[:32]


@defect('type-constant')
class _(Peer):
    def clean_type(self, type_):
        return 'request'

    def seen_type(self, type_):
        return 'request'


@defect('type-in-array')
class _(Peer):
    def clean_type(self, type_):
        return [super().clean_type(type_)]


@defect('type-null')
class _(Peer):
    def clean_type(self, type_):
        return None
