extension MethodCase {
  /// Every method that an AMQP 0-9-1 conversation may have.
  static let all: [MethodCase] = connection + channelAndAccess + exchange + queue + basic + transaction

  private static let closing = zero + Wire.short("why") + Wire.integer(UInt16(60)) + Wire.integer(UInt16(40))
  private static let closingText = #"{"reply-code":0,"reply-text":"why","class-id":60,"method-id":40}"#
  private static let tune = Wire.integer(UInt16(2047)) + Wire.integer(UInt32(131_072)) + Wire.integer(UInt16(60))
  private static let tuneText = #"{"channel-max":2047,"frame-max":131072,"heartbeat":60}"#
  private static let count = Wire.integer(UInt32(4_000_000_000))

  private static let connection: [MethodCase] = [
    MethodCase(
      "connection.start", 10, 10, [0, 9] + table + Wire.long("PLAIN AMQPLAIN") + Wire.long("en_US"),
      #"{"version-major":0,"version-minor":9,"server-properties":\#(tableText),"mechanisms":"PLAIN AMQPLAIN","#
        + #""locales":"en_US"}"#),
    MethodCase(
      "connection.start-ok", 10, 11, table + Wire.short("PLAIN") + Wire.long("\0a\0b") + Wire.short("en_US"),
      #"{"client-properties":\#(tableText),"mechanism":"PLAIN","response":"<hidden, 4 bytes>","locale":"en_US"}"#),
    MethodCase("connection.secure", 10, 20, Wire.long([0xFF]), #"{"challenge":{"hex":"ff"}}"#),
    MethodCase("connection.secure-ok", 10, 21, Wire.long("abc"), #"{"response":"<hidden, 3 bytes>"}"#),
    MethodCase("connection.tune", 10, 30, tune, tuneText),
    MethodCase("connection.tune-ok", 10, 31, tune, tuneText),
    MethodCase(
      "connection.open", 10, 40, Wire.short("/") + Wire.short("") + [1],
      #"{"virtual-host":"/","reserved-1":"","reserved-2":true}"#),
    MethodCase("connection.open-ok", 10, 41, Wire.short(""), #"{"reserved-1":""}"#),
    MethodCase("connection.close", 10, 50, closing, closingText),
    MethodCase("connection.close-ok", 10, 51),
    MethodCase("connection.blocked", 10, 60, Wire.short("low on memory"), #"{"reason":"low on memory"}"#),
    MethodCase("connection.unblocked", 10, 61),
  ]

  private static let channelAndAccess: [MethodCase] = [
    MethodCase("channel.open", 20, 10, Wire.short(""), #"{"reserved-1":""}"#),
    MethodCase("channel.open-ok", 20, 11, Wire.long(""), #"{"reserved-1":""}"#),
    MethodCase("channel.flow", 20, 20, [1], #"{"active":true}"#),
    MethodCase("channel.flow-ok", 20, 21, [0], #"{"active":false}"#),
    MethodCase("channel.close", 20, 40, closing, closingText),
    MethodCase("channel.close-ok", 20, 41),
    MethodCase(
      "access.request", 30, 10, Wire.short("/data") + [0b10101],
      #"{"realm":"/data","exclusive":true,"passive":false,"active":true,"write":false,"read":true}"#),
    MethodCase("access.request-ok", 30, 11, Wire.integer(UInt16(101)), #"{"ticket":101}"#),
  ]

  private static let exchange: [MethodCase] = [
    MethodCase(
      "exchange.declare", 40, 10, zero + Wire.short("x") + Wire.short("direct") + [0b01010] + table,
      #"{"reserved-1":0,"exchange":"x","type":"direct","passive":false,"durable":true,"auto-delete":false,"#
        + #""internal":true,"no-wait":false,"arguments":\#(tableText)}"#),
    MethodCase("exchange.declare-ok", 40, 11),
    MethodCase(
      "exchange.delete", 40, 20, zero + Wire.short("x") + [0b10],
      #"{"reserved-1":0,"exchange":"x","if-unused":false,"no-wait":true}"#),
    MethodCase("exchange.delete-ok", 40, 21),
    MethodCase("exchange.bind", 40, 30, exchangeBinding, exchangeBindingText),
    MethodCase("exchange.bind-ok", 40, 31),
    MethodCase("exchange.unbind", 40, 40, exchangeBinding, exchangeBindingText),
    MethodCase("exchange.unbind-ok", 40, 51),
  ]
  private static let exchangeBinding = zero + Wire.short("d") + Wire.short("s") + Wire.short("k") + [1] + table
  private static let exchangeBindingText =
    #"{"reserved-1":0,"destination":"d","source":"s","routing-key":"k","no-wait":true,"arguments":\#(tableText)}"#

  private static let queue: [MethodCase] = [
    MethodCase(
      "queue.declare", 50, 10, zero + Wire.short("q") + [0b01010] + table,
      #"{"reserved-1":0,"queue":"q","passive":false,"durable":true,"exclusive":false,"auto-delete":true,"#
        + #""no-wait":false,"arguments":\#(tableText)}"#),
    MethodCase(
      "queue.declare-ok", 50, 11, Wire.short("q") + count + Wire.integer(UInt32(2)),
      #"{"queue":"q","message-count":4000000000,"consumer-count":2}"#),
    MethodCase(
      "queue.bind", 50, 20, zero + Wire.short("q") + Wire.short("x") + Wire.short("k") + [0] + table,
      #"{"reserved-1":0,"queue":"q","exchange":"x","routing-key":"k","no-wait":false,"arguments":\#(tableText)}"#),
    MethodCase("queue.bind-ok", 50, 21),
    MethodCase(
      "queue.purge", 50, 30, zero + Wire.short("q") + [1], #"{"reserved-1":0,"queue":"q","no-wait":true}"#),
    MethodCase("queue.purge-ok", 50, 31, count, #"{"message-count":4000000000}"#),
    MethodCase(
      "queue.delete", 50, 40, zero + Wire.short("q") + [0b010],
      #"{"reserved-1":0,"queue":"q","if-unused":false,"if-empty":true,"no-wait":false}"#),
    MethodCase("queue.delete-ok", 50, 41, count, #"{"message-count":4000000000}"#),
    MethodCase(
      "queue.unbind", 50, 50, zero + Wire.short("q") + Wire.short("x") + Wire.short("k") + table,
      #"{"reserved-1":0,"queue":"q","exchange":"x","routing-key":"k","arguments":\#(tableText)}"#),
    MethodCase("queue.unbind-ok", 50, 51),
  ]

  private static let tag = Wire.integer(UInt64.max)
  private static let basic: [MethodCase] = [
    MethodCase(
      "basic.qos", 60, 10, Wire.integer(UInt32(1)) + Wire.integer(UInt16(2)) + [1],
      #"{"prefetch-size":1,"prefetch-count":2,"global":true}"#),
    MethodCase("basic.qos-ok", 60, 11),
    MethodCase(
      "basic.consume", 60, 20, zero + Wire.short("q") + Wire.short("t") + [0b0110] + table,
      #"{"reserved-1":0,"queue":"q","consumer-tag":"t","no-local":false,"no-ack":true,"exclusive":true,"#
        + #""no-wait":false,"arguments":\#(tableText)}"#),
    MethodCase("basic.consume-ok", 60, 21, Wire.short("t"), #"{"consumer-tag":"t"}"#),
    MethodCase("basic.cancel", 60, 30, Wire.short("t") + [1], #"{"consumer-tag":"t","no-wait":true}"#),
    MethodCase("basic.cancel-ok", 60, 31, Wire.short("t"), #"{"consumer-tag":"t"}"#),
    MethodCase(
      "basic.publish", 60, 40, zero + Wire.short("x") + Wire.short("k") + [0b01],
      #"{"reserved-1":0,"exchange":"x","routing-key":"k","mandatory":true,"immediate":false}"#),
    MethodCase(
      "basic.return", 60, 50, Wire.integer(UInt16(312)) + Wire.short("NO_ROUTE") + Wire.short("x") + Wire.short("k"),
      #"{"reply-code":312,"reply-text":"NO_ROUTE","exchange":"x","routing-key":"k"}"#),
    MethodCase(
      "basic.deliver", 60, 60, Wire.short("t") + tag + [1] + Wire.short("x") + Wire.short("k"),
      #"{"consumer-tag":"t","delivery-tag":"18446744073709551615","redelivered":true,"exchange":"x","#
        + #""routing-key":"k"}"#),
    MethodCase(
      "basic.get", 60, 70, zero + Wire.short("q") + [1], #"{"reserved-1":0,"queue":"q","no-ack":true}"#),
    MethodCase(
      "basic.get-ok", 60, 71, tag + [0] + Wire.short("x") + Wire.short("k") + count,
      #"{"delivery-tag":"18446744073709551615","redelivered":false,"exchange":"x","routing-key":"k","#
        + #""message-count":4000000000}"#),
    MethodCase("basic.get-empty", 60, 72, Wire.short(""), #"{"reserved-1":""}"#),
    MethodCase("basic.ack", 60, 80, tag + [1], #"{"delivery-tag":"18446744073709551615","multiple":true}"#),
    MethodCase("basic.reject", 60, 90, tag + [1], #"{"delivery-tag":"18446744073709551615","requeue":true}"#),
    MethodCase("basic.recover-async", 60, 100, [1], #"{"requeue":true}"#),
    MethodCase("basic.recover", 60, 110, [1], #"{"requeue":true}"#),
    MethodCase("basic.recover-ok", 60, 111),
    MethodCase(
      "basic.nack", 60, 120, tag + [0b10],
      #"{"delivery-tag":"18446744073709551615","multiple":false,"requeue":true}"#),
  ]

  private static let transaction: [MethodCase] = [
    MethodCase("tx.select", 90, 10), MethodCase("tx.select-ok", 90, 11), MethodCase("tx.commit", 90, 20),
    MethodCase("tx.commit-ok", 90, 21), MethodCase("tx.rollback", 90, 30), MethodCase("tx.rollback-ok", 90, 31),
    MethodCase("confirm.select", 85, 10, [1], #"{"no-wait":true}"#), MethodCase("confirm.select-ok", 85, 11),
  ]
}
