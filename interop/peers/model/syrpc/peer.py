"""A client or a server of SyRPC. Each thing that it does is a method of its own: a defect overrides one of them."""

import collections
import sys
import time

from .client import Client
from .connection import Connection
from .messages import Messages
from .server import Server
from .topology import Topology

Broker = collections.namedtuple('Broker', 'host port virtual_host user password')


class Peer(Topology, Messages, Client, Server):
    CONNECTION = Connection

    def __init__(self, role, broker, settings, trace=None):
        self.role = role
        self.trace = trace
        self.read_settings(settings)
        self.connection = self.connect(broker)
        try:
            self.prepare()
        except BaseException:
            self.connection.close()
            raise

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

    def discard(self, delivery, error):
        """What is malformed would be so the next time as well."""
        print('malformed: %s: %r' % (error, delivery.body[:200]), file=sys.stderr)
        self.acknowledge(delivery)
