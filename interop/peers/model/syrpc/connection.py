"""One connection to a broker, with one channel."""

import collections
import select
import socket
import struct
import time

from . import VERSION, wire

# How long the broker may take to answer a method.
ANSWER_SECONDS = 20

Delivery = collections.namedtuple('Delivery', 'tag body properties')


class ConnectionLost(Exception):
    """The broker cannot be reached, or closed the connection."""


class BrokerException(Exception):
    """The broker refused something, and closed the channel."""


class Unroutable(Exception):
    """The broker gave a message back: no queue took it."""


class Connection:
    FRAME_MAX = 131072
    HEARTBEAT = 0
    CHANNEL = 1
    CLIENT_PROPERTIES = {
        'product': 'syrpc-wire', 'version': VERSION,
        'capabilities': {'publisher_confirms': True, 'basic.nack': True, 'consumer_cancel_notify': True},
    }

    def __init__(self, host, port, virtual_host, user, password):
        self.buffer = bytearray()
        self.answers = collections.deque()
        self.deliveries = collections.deque()
        self.confirms = {}
        self.returned = None
        self.content = None  # the method, the header and the parts of a message that is not complete
        self.published = 0
        self.frame_max = 0
        self.is_open = self.is_usable = True  # the connection, and the channel
        try:
            self.socket = socket.create_connection((host, port), ANSWER_SECONDS)
        except OSError as error:
            raise ConnectionLost(str(error)) from error
        try:
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.log_in(virtual_host, user, password)
        except BaseException:
            self.abandon()
            raise

    def log_in(self, virtual_host, user, password):
        self.write(wire.PROTOCOL_HEADER)
        self.wait_for('connection.start')
        self.send('connection.start-ok', client_properties=self.CLIENT_PROPERTIES, mechanism='PLAIN',
                  response='\0%s\0%s' % (user, password), locale='en_US')
        tune = self.wait_for('connection.tune')
        self.frame_max = min(self.FRAME_MAX, tune['frame_max'] or self.FRAME_MAX)
        self.send('connection.tune-ok', channel_max=tune['channel_max'], frame_max=self.frame_max,
                  heartbeat=self.HEARTBEAT)
        self.call('connection.open', virtual_host=virtual_host)
        self.call('channel.open')
        self.call('confirm.select')

    # Methods

    def send(self, name, **fields):
        channel = 0 if name.startswith('connection.') else self.CHANNEL
        self.write(wire.frame(wire.METHOD, channel, wire.method(name, fields)))

    def call(self, name, **fields):
        """Sends a method; returns the fields of the answer."""
        self.send(name, **fields)
        return self.wait_for(name + '-ok')

    def wait_for(self, *names):
        deadline = time.monotonic() + ANSWER_SECONDS
        while True:
            for answer in self.answers:
                if answer[0] in names:
                    self.answers.remove(answer)
                    return answer[1]
            if not self.receive(deadline):
                raise self.lost('no %s within %d s' % (' or '.join(names), ANSWER_SECONDS))

    # Messages

    def publish(self, exchange, routing_key, properties, body, mandatory=True, immediate=False):
        """Returns when the broker has confirmed the message; raises Unroutable if it reached no queue."""
        self.published += 1
        number, self.returned = self.published, None
        method = wire.method('basic.publish', {
            'exchange': exchange, 'routing_key': routing_key, 'mandatory': mandatory, 'immediate': immediate})
        frames = [(wire.METHOD, method), (wire.HEADER, wire.content_header(self.announced_size(body), properties))]
        frames += [(wire.BODY, part) for part in self.parts(body)]
        self.write(b''.join(wire.frame(kind, self.CHANNEL, payload) for kind, payload in frames))
        deadline = time.monotonic() + ANSWER_SECONDS
        while number not in self.confirms:
            if not self.receive(deadline):
                raise self.lost('no confirm within %d s' % ANSWER_SECONDS)
        if not self.confirms.pop(number):
            raise BrokerException('the broker did not take the message')
        # The broker gives a message back before it confirms it.
        if self.returned:
            raise Unroutable(self.returned)

    def announced_size(self, body):
        return len(body)

    def parts(self, body):
        """What of a body goes into each of its frames."""
        size = self.frame_max - wire.FRAME_OVERHEAD
        return [body[start:start + size] for start in range(0, len(body), size)]

    def delivery(self, deadline):
        """The next delivery; None if there is none by then."""
        while not self.deliveries:
            if not self.receive(deadline):
                return None
        return self.deliveries.popleft()

    # Closing

    def close(self):
        """In an orderly way, if the broker has not closed the connection already."""
        try:
            if self.is_open:
                self.send('connection.close', reply_code=200, reply_text='Goodbye')
                self.wait_for('connection.close-ok')
        except BrokerException:
            # The channel was closed meanwhile: what comes after that is the answer.
            self.wait_for('connection.close-ok')
        finally:
            self.abandon()

    def abandon(self):
        """Closes the socket and nothing else."""
        self.is_open = self.is_usable = False
        self.socket.close()

    # Bytes

    def write(self, data):
        try:
            self.socket.sendall(data)
        except OSError as error:
            # The broker has said why, as a rule, before it closed.
            while self.receive(time.monotonic() + 1):
                pass
            raise self.lost(str(error)) from error

    def lost(self, reason):
        self.is_open = self.is_usable = False
        return ConnectionLost(reason)

    def receive(self, deadline):
        """Reads frames until there is something new. Returns whether that was so by the deadline."""
        while True:
            frame = self.next_frame()
            if frame:
                self.take(*frame)
                return True
            left = max(deadline - time.monotonic(), 0)
            if not select.select([self.socket], [], [], left)[0]:
                return False
            try:
                data = self.socket.recv(1 << 18)
            except OSError as error:
                raise self.lost(str(error)) from error
            if not data:
                raise self.lost('the broker closed the connection')
            self.buffer += data

    def next_frame(self):
        if len(self.buffer) < 7:
            return None
        kind, channel, size = struct.unpack_from('>BHI', self.buffer)
        if len(self.buffer) < size + wire.FRAME_OVERHEAD:
            return None
        payload = bytes(self.buffer[7:7 + size])
        if self.buffer[7 + size] != wire.FRAME_END:
            raise wire.WireError('a frame without its end')
        del self.buffer[:size + wire.FRAME_OVERHEAD]
        return kind, channel, payload

    def take(self, kind, channel, payload):
        if kind == wire.METHOD:
            self.take_method(*wire.parse_method(payload))
        elif kind == wire.HEADER:
            self.content = (*self.content[:1], payload, [])
            self.take_content()
        elif kind == wire.BODY:
            self.content[2].append(payload)
            self.take_content()

    def take_method(self, name, fields):
        if name in ('basic.deliver', 'basic.get-ok', 'basic.return'):
            self.content = ((name, fields),)
        elif name in ('basic.ack', 'basic.nack'):
            first = fields['delivery_tag'] if not fields['multiple'] else 1
            for number in range(first, fields['delivery_tag'] + 1):
                self.confirms[number] = name == 'basic.ack'
        elif name == 'basic.cancel':
            raise BrokerException('the queue is gone')
        elif name == 'channel.close':
            self.send('channel.close-ok')
            self.is_usable = False
            raise BrokerException(fields['reply_text'].decode('utf-8', 'replace'))
        elif name == 'connection.close':
            self.send('connection.close-ok')
            raise self.lost(fields['reply_text'].decode('utf-8', 'replace'))
        else:
            self.answers.append((name, fields))

    def take_content(self):
        (name, fields), header, parts = self.content
        if sum(map(len, parts)) < wire.body_size(header):
            return
        if name == 'basic.return':
            self.returned = fields['reply_text'].decode('utf-8', 'replace')
            return
        delivery = Delivery(fields['delivery_tag'], b''.join(parts), wire.parse_properties(header))
        if name == 'basic.get-ok':
            self.answers.append((name, {'delivery': delivery}))
        else:
            self.deliveries.append(delivery)
