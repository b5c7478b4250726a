"""A client or a server of SyRPC. Each thing that it does is a method of its own: a defect overrides one of them."""

import collections
import sys
import time
import uuid

from . import exact
from .connection import Connection
from .siphash import siphash

Broker = collections.namedtuple('Broker', 'host port virtual_host user password')


class Expired(Exception):
    """The time given is over."""


class Malformed(Exception):
    """A message that is none of SyRPC's."""


class Peer:
    DEFAULTS = {'ttl': 10800, 'msg_ttl': 10, 'num_queues': 64}

    def __init__(self, role, broker, settings, trace=None):
        self.role = role
        self.trace = trace
        self.app_name = self.read_app_name(settings['app_name'])
        self.ttl, self.msg_ttl, self.num_queues = [
            self.read_setting(name, settings.get(name, self.DEFAULTS[name])) for name in ('ttl', 'msg_ttl', 'num_queues')]
        self.connection = self.connect(broker)
        try:
            self.prepare()
        except BaseException:
            self.connection.close()
            raise

    # Settings

    def read_app_name(self, name):
        return name

    def read_setting(self, name, value):
        return value

    # The connection

    CONNECTION = Connection

    def connect(self, broker):
        return self.CONNECTION(*broker)

    def prepare(self):
        """What is done on a fresh connection."""
        self.consumer = None
        self.declare_requests()

    def close(self):
        try:
            self.stop_consuming()
        finally:
            self.disconnect()

    def disconnect(self):
        self.connection.close()

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

    HASH_KEY = b'EdaeYa6eesh3ahSh'

    def hash_input(self, result_id):
        return result_id.encode('utf-8')

    def hash(self, data):
        return siphash(self.HASH_KEY, data) & 0x7fffffff

    def index(self, result_id):
        return self.hash(self.hash_input(result_id)) % self.num_queues

    # Declarations

    def exchange_options(self):
        return {'type': 'direct', 'durable': True}

    def queue_options(self):
        return {'durable': True}

    def request_arguments(self):
        return {}

    def result_arguments(self):
        return {'x-expires': self.ttl * 1000, 'x-message-ttl': self.msg_ttl * 1000}

    def declare_exchange(self, name):
        self.connection.call('exchange.declare', exchange=name, **self.exchange_options())

    def declare_queue(self, name, arguments):
        self.connection.call('queue.declare', queue=name, arguments=arguments, **self.queue_options())

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

    # Messages

    def new_id(self):
        return str(uuid.uuid4())

    def clean_type(self, type_):
        return type_.strip()

    def seen_type(self, type_):
        return type_

    def request(self, result_id, type_, data):
        return {'result_id': result_id, 'type': type_, 'data': data}

    def result(self, result_id, data):
        return {'result_id': result_id, 'data': data}

    def written_value(self, data):
        """A request's or a result's data as it is written."""
        return data

    def read_value(self, data):
        """A request's or a result's data as it is handed on."""
        return data

    def encode(self, message):
        return self.encoded_text(exact.compact(message))

    def encoded_text(self, text):
        return text.encode('utf-8')

    def decode(self, body):
        try:
            message = exact.parse(body.decode('utf-8'))
        except (ValueError, RecursionError) as error:
            raise Malformed(str(error)) from error
        if not isinstance(message, dict) or not isinstance(message.get('result_id'), str) or 'data' not in message:
            raise Malformed('no object with result_id and data')
        return message

    def properties(self, message):
        properties = {'content_type': 'application/json', 'content_encoding': 'utf-8', 'delivery_mode': 2}
        if self.trace:
            properties['headers'] = {'traceparent': self.trace}
        return properties

    def publish(self, exchange, routing_key, message):
        self.send_message(exchange, routing_key, self.properties(message), self.encode(message))

    def send_message(self, exchange, routing_key, properties, body):
        self.connection.publish(exchange, routing_key, properties, body, **self.publish_options())

    def publish_options(self):
        return {'mandatory': True}

    # Consumers

    def consume(self, queue):
        return self.connection.call('basic.consume', queue=queue, **self.consumer_options())['consumer_tag']

    def consumer_options(self):
        return {}

    def cancel(self, consumer):
        self.connection.call('basic.cancel', consumer_tag=consumer)

    def stop_consuming(self):
        consumer, self.consumer = self.consumer, None
        if consumer and self.connection.is_usable:
            self.cancel(consumer)

    def next_delivery(self, queue, deadline):
        return self.connection.delivery(deadline)

    def acknowledge(self, delivery):
        self.connection.send('basic.ack', delivery_tag=delivery.tag)

    def give_back(self, delivery):
        self.connection.send('basic.reject', delivery_tag=delivery.tag, requeue=True)

    def deadline(self, timeout):
        return time.monotonic() + timeout

    # A client

    def put_request(self, type_, data):
        result_id = self.new_id()
        message = self.request(result_id, self.clean_type(type_), self.written_value(data))
        self.publish(self.request_exchange(), self.request_key(), message)
        return result_id

    def get_result(self, result_id, timeout):
        deadline = self.deadline(timeout)
        index = self.index(result_id)
        self.declare_results(index)
        self.consumer = self.consume(self.result_queue(index))
        held = []
        try:
            return self.read_value(self.awaited(result_id, self.result_queue(index), deadline, held)['data'])
        finally:
            self.leave(held)

    def leave(self, held):
        """Cancels the consumer, and gives back what came for others."""
        self.stop_consuming()
        if not self.connection.is_usable:
            return
        # After the answer to a cancel nothing is delivered any more.
        for delivery in [delivery for _, delivery in held] + list(self.connection.deliveries):
            self.settle_foreign(delivery)
        self.connection.deliveries.clear()

    def awaited(self, result_id, queue, deadline, held):
        """The message with this id. Others are held for a while: given back at once, they would be there again at once.

        `held` has each of them with the time at which it goes back.
        """
        seen = collections.Counter()
        while True:
            now = time.monotonic()
            for entry in [entry for entry in held if entry[0] <= now]:
                held.remove(entry)
                self.settle_foreign(entry[1])
            delivery = self.next_delivery(queue, min([deadline] + [due for due, _ in held]))
            if delivery is None:
                if time.monotonic() >= deadline:
                    raise Expired('no result within the time given')
                continue
            try:
                message = self.decode(delivery.body)
            except Malformed as error:
                self.discard(delivery, error)
                continue
            if self.is_mine(message, result_id):
                self.settle_result(delivery)
                return message
            seen[message['result_id']] += 1
            held.append((time.monotonic() + self.hold_seconds(seen[message['result_id']]), delivery))

    def is_mine(self, message, result_id):
        return message['result_id'] == result_id

    def hold_seconds(self, times):
        """How long a result for somebody else that comes by for so many times is held."""
        return min(0.01 * 2 ** times, 1)

    def settle_result(self, delivery):
        self.acknowledge(delivery)

    def settle_foreign(self, delivery):
        self.give_back(delivery)

    def discard(self, delivery, error):
        """What is malformed would be so the next time as well."""
        print('malformed: %s: %r' % (error, delivery.body[:200]), file=sys.stderr)
        self.acknowledge(delivery)

    # A server

    def serve(self, timeout, delivered):
        """Answers one request with its own data."""
        message, delivery = self.next_request(self.deadline(timeout))
        data = self.read_value(message['data'])
        delivered(self.seen_type(message['type']), message['result_id'], data)
        self.answer(message['result_id'], data)
        self.settle_request(delivery)

    def next_request(self, deadline):
        if not self.consumer:
            self.consumer = self.consume(self.request_queue())
        while True:
            delivery = self.next_delivery(self.request_queue(), deadline)
            if delivery is None:
                raise Expired('no request within the time given')
            try:
                message = self.decode(delivery.body)
                if not isinstance(message.get('type'), str):
                    raise Malformed('no type')
                return message, delivery
            except Malformed as error:
                self.discard(delivery, error)

    def answer(self, result_id, data):
        self.put_result(self.kept_id(result_id), self.written_value(data))

    def put_result(self, result_id, data):
        index = self.index(result_id)
        self.declare_results(index)
        self.publish(self.result_exchange(), self.result_key(index), self.result(result_id, data))

    def kept_id(self, result_id):
        return result_id

    def settle_request(self, delivery):
        self.acknowledge(delivery)
