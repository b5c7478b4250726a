"""A small SyRPC with nothing but Python's standard library: faithful, and easy to break in one thing."""

VERSION = '1.0'
