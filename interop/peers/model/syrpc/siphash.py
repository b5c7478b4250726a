"""SipHash (Aumasson and Bernstein, 2012), with the number of rounds as parameters."""

MASK = (1 << 64) - 1


def siphash(key, data, compressions=2, finalizations=4):
    """The 64 bits for a key of 16 bytes."""
    k0, k1 = int.from_bytes(key[:8], 'little'), int.from_bytes(key[8:], 'little')
    state = [k0 ^ 0x736f6d6570736575, k1 ^ 0x646f72616e646f6d, k0 ^ 0x6c7967656e657261, k1 ^ 0x7465646279746573]
    # The last word is filled up with zeros, and has the length in its highest byte.
    padded = data + bytes(7 - len(data) % 8) + bytes([len(data) % 256])
    for start in range(0, len(padded), 8):
        word = int.from_bytes(padded[start:start + 8], 'little')
        state[3] ^= word
        _rounds(state, compressions)
        state[0] ^= word
    state[2] ^= 0xff
    _rounds(state, finalizations)
    return state[0] ^ state[1] ^ state[2] ^ state[3]


def _rotated(value, bits):
    return (value << bits | value >> 64 - bits) & MASK


def _rounds(state, count):
    a, b, c, d = state
    for _ in range(count):
        a = (a + b) & MASK
        b = _rotated(b, 13) ^ a
        a = _rotated(a, 32)
        c = (c + d) & MASK
        d = _rotated(d, 16) ^ c
        a = (a + d) & MASK
        d = _rotated(d, 21) ^ a
        c = (c + b) & MASK
        b = _rotated(b, 17) ^ c
        c = _rotated(c, 32)
    state[:] = a, b, c, d
