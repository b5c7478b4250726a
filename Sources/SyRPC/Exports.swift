// The format's own types - JSON, SyRPCSettings, RequestMessage … - are part of this library's interface.
@_exported public import SyRPCWire
@_exported public import struct AMQP.BrokerAddress
@_exported public import struct AMQP.BrokerAddressError
@_exported public import enum AMQP.Authentication
@_exported public import struct AMQP.TLSOptions
