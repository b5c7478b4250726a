"""Other names of exchanges, queues and routing keys."""

import unicodedata

from syrpc.peer import Peer

from .registry import defect


@defect('app-name-lower-case')
class _(Peer):
    def read_app_name(self, name):
        return name.lower()


@defect('app-name-without-spaces')
class _(Peer):
    def read_app_name(self, name):
        return name.replace(' ', '')


@defect('app-name-dots-to-underscores')
class _(Peer):
    def read_app_name(self, name):
        return name.replace('.', '_')


@defect('app-name-decomposed')
class _(Peer):
    def read_app_name(self, name):
        return unicodedata.normalize('NFD', name)


@defect('app-name-ascii')
class _(Peer):
    def read_app_name(self, name):
        return name.encode('ascii', 'ignore').decode('ascii')


@defect('app-name-cut')
class _(Peer):
    def read_app_name(self, name):
        return name[:200]


@defect('names-prefixed')
class _(Peer):
    def read_app_name(self, name):
        return 'syrpc.' + name


@defect('names-with-dots')
class _(Peer):
    def request_exchange(self):
        return self.app_name + '.request'

    request_queue = request_key = request_exchange

    def result_exchange(self):
        return self.app_name + '.result_exchange'

    def result_queue(self, index):
        return '%s.result_queue.%s' % (self.app_name, index)


@defect('request-exchange-name')
class _(Peer):
    def request_exchange(self):
        return self.app_name + '_request_exchange'


@defect('request-queue-name')
class _(Peer):
    def request_queue(self):
        return self.app_name + '_request_queue'


@defect('request-names')
class _(Peer):
    def request_exchange(self):
        return self.app_name + '_requests'

    request_queue = request_key = request_exchange


@defect('request-key')
class _(Peer):
    def request_key(self):
        return 'request'


@defect('request-key-upper-case')
class _(Peer):
    def request_key(self):
        return self.app_name + '_REQUEST'


@defect('result-exchange-name')
class _(Peer):
    def result_exchange(self):
        return self.app_name + '_result'


@defect('result-exchange-is-request-exchange')
class _(Peer):
    def result_exchange(self):
        return self.request_exchange()


@defect('result-queue-name')
class _(Peer):
    def result_queue(self, index):
        return '%s_result_%s' % (self.app_name, index)


@defect('result-queue-padded')
class _(Peer):
    def result_queue(self, index):
        return super().result_queue('%03d' % index)


@defect('result-queue-hexadecimal')
class _(Peer):
    def result_queue(self, index):
        return super().result_queue('0x%02x' % index)


@defect('result-key-is-queue')
class _(Peer):
    def result_key(self, index):
        return self.result_queue(index)


@defect('result-key-padded')
class _(Peer):
    def result_key(self, index):
        return '%03d' % index
