"""Connections: how they are opened, tuned and closed."""

import time

from syrpc import wire
from syrpc.connection import Connection
from syrpc.peer import Peer

from .registry import defect


@defect('not-closed-orderly')
class _(Peer):
    def disconnect(self):
        self.connection.abandon()


@defect('never-closed')
class _(Peer):
    """The connection is left open, and forgotten."""

    LEFT = []

    def close(self):
        self.LEFT.append(self.connection)


@defect('close-hangs')
class _(Peer):
    def disconnect(self):
        super().disconnect()
        time.sleep(3600)


@defect('close-fails')
class _(Peer):
    def disconnect(self):
        super().disconnect()
        raise RuntimeError('not closed')


@defect('open-fails')
class _(Peer):
    def prepare(self):
        raise RuntimeError('not opened')


@defect('channel-for-each-call')
class _(Peer):
    """A channel is opened for each call, and left."""

    def open_channel(self):
        self.channels = self.__dict__.get('channels', Connection.CHANNEL) + 1
        self.connection.write(wire.frame(wire.METHOD, self.channels, wire.method('channel.open', {})))
        self.connection.wait_for('channel.open-ok')

    def put_request(self, type_, data):
        self.open_channel()
        return super().put_request(type_, data)

    def get_result(self, result_id, timeout):
        self.open_channel()
        return super().get_result(result_id, timeout)

    def next_request(self, deadline):
        self.open_channel()
        return super().next_request(deadline)


@defect('frame-max-4096')
class _(Peer):
    class CONNECTION(Connection):
        FRAME_MAX = 4096


@defect('frame-max-exceeds')
class _(Peer):
    """It asks for larger frames than the broker offers."""

    class CONNECTION(Connection):
        def send(self, name, **fields):
            if name == 'connection.tune-ok':
                fields['frame_max'] = 1 << 24
            super().send(name, **fields)


@defect('heartbeat-not-sent')
class _(Peer):
    """A heartbeat is agreed on, and only data is sent."""

    class CONNECTION(Connection):
        HEARTBEAT = 1


@defect('client-version')
class _(Peer):
    """On the wire it is another version than the adapter says."""

    class CONNECTION(Connection):
        CLIENT_PROPERTIES = {**Connection.CLIENT_PROPERTIES, 'version': '0.9'}


@defect('virtual-host-ignored')
class _(Peer):
    def connect(self, broker):
        return super().connect(broker._replace(virtual_host='/'))


@defect('user-ignored')
class _(Peer):
    def connect(self, broker):
        return super().connect(broker._replace(user='guest', password='guest'))


@defect('stray-frame')
class _(Peer):
    """A body frame without a message, after everything else."""

    def disconnect(self):
        self.connection.write(wire.frame(wire.BODY, self.connection.CHANNEL, b'{}'))
        super().disconnect()
