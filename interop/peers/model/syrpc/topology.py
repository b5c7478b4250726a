"""Exchanges, queues and bindings: names, the hash that says which result queue, declarations."""

from .siphash import siphash


class Topology:
    DEFAULTS = {'ttl': 10800, 'msg_ttl': 10, 'num_queues': 64}
    HASH_KEY = b'EdaeYa6eesh3ahSh'

    def read_settings(self, settings):
        self.app_name = self.read_app_name(settings['app_name'])
        self.ttl, self.msg_ttl, self.num_queues = [
            self.read_setting(name, settings.get(name, default)) for name, default in self.DEFAULTS.items()]

    def read_app_name(self, name):
        return name

    def read_setting(self, name, value):
        return value

    # Names

    def request_exchange(self):
        return self.app_name + '_request'

    def request_queue(self):
        return self.app_name + '_request'

    def request_key(self):
        return self.app_name + '_request'

    def result_exchange(self):
        return self.app_name + '_result_exchange'

    def result_queue(self, index):
        return '%s_result_queue_%s' % (self.app_name, index)

    def result_key(self, index):
        return str(index)

    # The hash

    def hash_input(self, result_id):
        return result_id.encode('utf-8')

    def hash(self, data):
        return siphash(self.HASH_KEY, data) & 0x7fffffff

    def index(self, result_id):
        return self.hash(self.hash_input(result_id)) % self.num_queues

    # Declarations

    def exchange_options(self, name):
        return {'type': 'direct', 'durable': True}

    def queue_options(self, name):
        return {'durable': True}

    def request_arguments(self):
        return {}

    def result_arguments(self):
        return {'x-expires': self.ttl * 1000, 'x-message-ttl': self.msg_ttl * 1000}

    def declare_exchange(self, name):
        self.connection.call('exchange.declare', exchange=name, **self.exchange_options(name))

    def declare_queue(self, name, arguments):
        self.connection.call('queue.declare', queue=name, arguments=arguments, **self.queue_options(name))

    def bind(self, queue, exchange, routing_key):
        self.connection.call('queue.bind', queue=queue, exchange=exchange, routing_key=routing_key)

    def declare_requests(self):
        self.declare_exchange(self.request_exchange())
        self.declare_queue(self.request_queue(), self.request_arguments())
        self.bind_request_queue()

    def bind_request_queue(self):
        self.bind(self.request_queue(), self.request_exchange(), self.request_key())

    def declare_results(self, index):
        """Each time anew: a result queue that nobody consumes expires."""
        self.declare_result_exchange()
        self.declare_queue(self.result_queue(index), self.result_arguments())
        self.bind_result_queue(index)

    def declare_result_exchange(self):
        self.declare_exchange(self.result_exchange())

    def bind_result_queue(self, index):
        self.bind(self.result_queue(index), self.result_exchange(), self.result_key(index))
