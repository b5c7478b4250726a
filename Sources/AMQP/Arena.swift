internal import CRabbitMQ

/// Memory for what one librabbitmq call is given: freed when the arena goes.
final class Arena {
  private var pool = amqp_pool_t()

  init() { init_amqp_pool(&pool, 1024) }
  deinit { empty_amqp_pool(&pool) }

  func bytes(_ string: String) -> amqp_bytes_t {
    var output = amqp_bytes_t()
    var string = string
    string.withUTF8 { utf8 in
      amqp_pool_alloc_bytes(&pool, utf8.count, &output)
      if let start = utf8.baseAddress, utf8.count > 0 { output.bytes?.copyMemory(from: start, byteCount: utf8.count) }
    }
    return output
  }

  func table(_ entries: [(String, amqp_field_value_t)]) -> amqp_table_t {
    guard let memory = amqp_pool_alloc(&pool, max(1, entries.count) * MemoryLayout<amqp_table_entry_t>.stride) else {
      return amqp_empty_table
    }
    let first = memory.bindMemory(to: amqp_table_entry_t.self, capacity: entries.count)
    for (index, (key, value)) in entries.enumerated() {
      (first + index).initialize(to: amqp_table_entry_t(key: bytes(key), value: value))
    }
    return amqp_table_t(num_entries: Int32(entries.count), entries: first)
  }

  func value(_ string: String) -> amqp_field_value_t {
    var field = amqp_field_value_t()
    field.kind = UInt8(AMQP_FIELD_KIND_UTF8.rawValue)
    field.value.bytes = bytes(string)
    return field
  }

  func value(_ bool: Bool) -> amqp_field_value_t {
    var field = amqp_field_value_t()
    field.kind = UInt8(AMQP_FIELD_KIND_BOOLEAN.rawValue)
    field.value.boolean = bool ? 1 : 0
    return field
  }

  /// `I` where it fits, as the Python and PHP references send it, else `l`. The broker holds them equal.
  func value(_ integer: Int64) -> amqp_field_value_t {
    var field = amqp_field_value_t()
    if let small = Int32(exactly: integer) {
      field.kind = UInt8(AMQP_FIELD_KIND_I32.rawValue)
      field.value.i32 = small
    } else {
      field.kind = UInt8(AMQP_FIELD_KIND_I64.rawValue)
      field.value.i64 = integer
    }
    return field
  }

  func value(_ table: amqp_table_t) -> amqp_field_value_t {
    var field = amqp_field_value_t()
    field.kind = UInt8(AMQP_FIELD_KIND_TABLE.rawValue)
    field.value.table = table
    return field
  }
}

extension amqp_bytes_t {
  /// A copy. librabbitmq's own memory is gone after the next `amqp_maybe_release_buffers`.
  var copied: [UInt8] { Array(UnsafeRawBufferPointer(start: bytes, count: len)) }
  var string: String { String(decoding: UnsafeRawBufferPointer(start: bytes, count: len), as: UTF8.self) }
}
