"""Another index for a result id."""

import hashlib

from syrpc.peer import Peer
from syrpc.siphash import siphash

from .registry import defect


class WrongIndex(Peer):
    """Another index than the right one, always: by chance a wrong one is right for one id in so many queues."""

    def wrong_index(self, result_id):
        return self.hash(self.hash_input(result_id)) % self.num_queues

    def index(self, result_id):
        wrong = self.wrong_index(result_id)
        is_right = wrong == Peer.hash(self, Peer.hash_input(self, result_id)) % self.num_queues
        return (wrong + 1) % self.num_queues if is_right else wrong

    def full_hash(self, data):
        """All 64 bits."""
        return siphash(Peer.HASH_KEY, data)


class OtherKey(WrongIndex):
    OTHER = None

    def hash(self, data):
        return siphash(self.OTHER, data) & 0x7fffffff


@defect('hash-key-lower-case')
class _(OtherKey):
    OTHER = Peer.HASH_KEY.lower()


@defect('hash-key-big-endian')
class _(OtherKey):
    OTHER = Peer.HASH_KEY[7::-1] + Peer.HASH_KEY[:7:-1]


@defect('hash-rounds')
class _(WrongIndex):
    def hash(self, data):
        return siphash(Peer.HASH_KEY, data, 1, 3) & 0x7fffffff


@defect('hash-md5')
class _(WrongIndex):
    def hash(self, data):
        return int.from_bytes(hashlib.md5(data).digest()[:4], 'little') & 0x7fffffff


@defect('hash-high-bits')
class _(WrongIndex):
    def hash(self, data):
        return self.full_hash(data) >> 32 & 0x7fffffff


# The low bits are the same: these differ only where the number of queues is no power of two.


@defect('hash-64-bits')
class _(WrongIndex):
    def hash(self, data):
        return self.full_hash(data)


@defect('hash-32-bits')
class _(WrongIndex):
    def hash(self, data):
        return self.full_hash(data) & 0xffffffff


@defect('hash-absolute')
class _(WrongIndex):
    def hash(self, data):
        low = self.full_hash(data) & 0xffffffff
        return abs(low - (1 << 32) if low >> 31 else low)


@defect('hash-of-upper-case')
class _(WrongIndex):
    def hash_input(self, result_id):
        return super().hash_input(result_id.upper())


@defect('hash-of-digits')
class _(WrongIndex):
    def hash_input(self, result_id):
        return super().hash_input(result_id.replace('-', ''))


@defect('hash-of-utf-16')
class _(WrongIndex):
    def hash_input(self, result_id):
        return result_id.encode('utf-16-le')


@defect('index-from-one')
class _(WrongIndex):
    def wrong_index(self, result_id):
        return 1 + Peer.index(self, result_id)


@defect('index-one-less')
class _(WrongIndex):
    def wrong_index(self, result_id):
        return self.hash(self.hash_input(result_id)) % (self.num_queues - 1)


@defect('index-always-zero')
class _(WrongIndex):
    def wrong_index(self, result_id):
        return 0


@defect('next-index-declared-too')
class _(Peer):
    """The queue of the next index is declared as well, and not used."""

    def declare_results(self, index):
        super().declare_results((index + 1) % self.num_queues)
        super().declare_results(index)


@defect('key-of-next-index')
class _(Peer):
    """The queue is the right one, the routing key is not."""

    def publish(self, exchange, routing_key, message):
        if exchange == self.result_exchange():
            routing_key = self.result_key((int(routing_key) + 1) % self.num_queues)
        super().publish(exchange, routing_key, message)
