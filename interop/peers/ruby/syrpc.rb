# frozen_string_literal: true

# SyRPC on the AMQP library bunny: a client and a server, of the size of an example.
#
#   client = SyRPC::Client.new(app_name: 'shop', host: 'localhost')
#   id = client.put_request('echo', { 'value' => 'hello' })
#   client.get_result(id, timeout: 5) # in this process or in any other
#
#   server = SyRPC::Server.new(app_name: 'shop', host: 'localhost')
#   server.serve { |_type, data| data } while true
#
# A client or a server belongs to one thread.

require 'bunny'
require 'json'
require 'securerandom'

module SyRPC
  VERSION = '0.1.0'

  class Error < StandardError; end

  # The time given was over.
  class Expired < Error; end

  # A message that is none, or that Ruby's JSON parser refuses.
  class Unreadable < Error
    attr_reader :result_id

    def initialize(body, reason)
      super(reason)
      # Whoever waits for an answer is to get one; if there are two ids, one may be in the data.
      ids = body.b.scan(/"result_id"\s*:\s*"([^"\\]+)"/).flatten
      @result_id = ids.first if ids.one?
    end
  end

  HASH_KEY = 'EdaeYa6eesh3ahSh'

  # The index of the result queue, of so many, that carries this result.
  def self.index(result_id, num_queues)
    (siphash(HASH_KEY, result_id) & 0x7fffffff) % num_queues
  end

  # SipHash-2-4 of a text's bytes under a key of 16 bytes: a number of 64 bits.
  def self.siphash(key, text)
    k0, k1 = key.unpack('Q<2')
    v = [k0 ^ 0x736f6d6570736575, k1 ^ 0x646f72616e646f6d, k0 ^ 0x6c7967656e657261, k1 ^ 0x7465646279746573]
    bytes = text.b
    bytes << "\0" * (7 - bytes.bytesize % 8) << (text.bytesize & 0xff)
    bytes.unpack('Q<*').each do |word|
      v[3] ^= word
      2.times { sip_round(v) }
      v[0] ^= word
    end
    v[2] ^= 0xff
    4.times { sip_round(v) }
    v.reduce(:^)
  end

  private_class_method def self.sip_round(v)
    add_and_mix(v, 0, 1, 13)
    v[0] = rotate(v[0], 32)
    add_and_mix(v, 2, 3, 16)
    add_and_mix(v, 0, 3, 21)
    add_and_mix(v, 2, 1, 17)
    v[2] = rotate(v[2], 32)
  end

  private_class_method def self.add_and_mix(v, sum, mixed, bits)
    v[sum] = (v[sum] + v[mixed]) & 0xffffffffffffffff
    v[mixed] = rotate(v[mixed], bits) ^ v[sum]
  end

  private_class_method def self.rotate(word, bits)
    (word << bits | word >> (64 - bits)) & 0xffffffffffffffff
  end

  def self.now
    Process.clock_gettime(Process::CLOCK_MONOTONIC)
  end

  # A message that was delivered and is to be settled.
  Delivery = Struct.new(:tag, :body) do
    def message
      @message ||= JSON.parse(body.force_encoding(Encoding::UTF_8), max_nesting: false).tap do |message|
        raise Unreadable.new(body, 'not a message') unless message.is_a?(Hash) && message['result_id'].is_a?(String)
      end
    rescue JSON::ParserError => error
      raise Unreadable.new(body, error.message)
    end

    def result_id
      message['result_id']
    rescue Unreadable => error
      error.result_id
    end
  end

  # A connection with one channel. Bunny calls back in threads of its own; here their news waits to be asked for.
  class Link
    PERSISTENT_JSON = { content_type: 'application/json', content_encoding: 'utf-8', persistent: true }.freeze
    CONFIRM_SECONDS = 30
    # So often a wait looks whether the channel is still open.
    LOOK_SECONDS = 0.2

    # Takes the place of the thread that made the connection: bunny would raise the loss in it whatever it is doing.
    class Losses
      attr_reader :error

      def initialize
        @thread = Thread.current
      end

      def raise(error)
        @error ||= error
        Kernel.raise(error) if Thread.current == @thread
      end
    end

    def initialize(prefetch: nil, **broker)
      @lock = Mutex.new
      @news = ConditionVariable.new
      @deliveries = []
      @verdicts = {}
      @losses = Losses.new
      # Bytes, for what bunny puts together of characters and bytes it cannot send.
      broker = broker.transform_values { |value| value.is_a?(String) ? value.b : value }
      @session = Bunny.new(
        log_file: $stderr, log_level: Logger::ERROR, **broker, session_error_handler: @losses,
        automatically_recover: false, recover_from_connection_close: false
      )
      start(prefetch)
    end

    def declare(exchange, queue, key, arguments = {})
      check
      @channel.direct(exchange, durable: true).on_return { |info, *| note { @returned = info.reply_text } }
      @channel.queue_declare(queue, durable: true, arguments: arguments)
      @channel.queue_bind(queue, exchange, routing_key: key)
    end

    # Returns when the broker has taken the message into a queue.
    def publish(exchange, key, message)
      # Escaped to ASCII: the Python client cannot read other characters in a result.
      body = JSON.generate(message, ascii_only: true, max_nesting: 0)
      number = @channel.next_publish_seq_no
      @returned = nil
      @channel.basic_publish(body, exchange, key, mandatory: true, **PERSISTENT_JSON)
      verdict = wait(SyRPC.now + CONFIRM_SECONDS) { @verdicts.delete(number) }
      # The broker sends back what reaches no queue, then confirms it.
      raise Error, "no queue took the message: #{@returned}" if @returned
      raise Error, 'the broker refused the message' unless verdict == :confirmed
    end

    # Consumes a queue while the block runs. What it leaves unsettled goes back to the queue.
    def consume(queue)
      check
      consumer = @channel.basic_consume(queue) do |info, _, body|
        note { @deliveries << Delivery.new(info.delivery_tag, body) }
      end
      yield
    ensure
      if consumer && usable?
        @channel.basic_cancel(consumer.consumer_tag)
        # No delivery comes after the answer to this.
        @deliveries.each { |delivery| give_back(delivery) }.clear
      end
    end

    # What has been delivered, as soon as it is something.
    def take(deadline)
      wait(deadline) { @deliveries.slice!(0..) unless @deliveries.empty? }
    end

    def acknowledge(delivery)
      @channel.ack(delivery.tag)
    end

    def give_back(delivery)
      @channel.reject(delivery.tag, true)
    end

    def close
      # On a lost connection bunny would wait for the broker's goodbye.
      @session.transport.close if @losses.error || !@channel
      @session.close
    end

    private

    def start(prefetch)
      @session.start
      # Bunny lets the consumers' thread finish when the last of them is cancelled, and may miss that it did: then it
      # waits for so long. A moment is enough for a thread that only takes notes.
      @channel = @session.create_channel(nil, 1, false, 0.1)
      @channel.prefetch(prefetch) if prefetch
      @channel.confirm_select(->(number, _, refused) { note { @verdicts[number] = refused ? :refused : :confirmed } })
    rescue StandardError
      close
      raise
    end

    def note
      @lock.synchronize do
        yield
        @news.signal
      end
    end

    def usable?
      @losses.error.nil? && @channel.open?
    end

    # Bunny writes to a connection of which the other end is gone, and waits.
    def check
      raise @losses.error || Error.new('the broker closed the channel') unless usable?
    end

    # Waits until the block finds something.
    def wait(deadline)
      @lock.synchronize do
        loop do
          found = yield
          return found if found
          check
          left = deadline ? deadline - SyRPC.now : LOOK_SECONDS
          raise Expired, 'the time is over' if left <= 0

          @news.wait(@lock, [left, LOOK_SECONDS].min)
        end
      end
    end
  end

  # What a client and a server share. Times are in seconds; what else is given is for Bunny.new.
  class Endpoint
    def initialize(app_name:, ttl: 10_800, msg_ttl: 10, num_queues: 64, **broker)
      @app_name = app_name.b
      @num_queues = num_queues
      @arguments = { 'x-expires' => (ttl * 1000).to_i, 'x-message-ttl' => (msg_ttl * 1000).to_i }
      @link = Link.new(**broker)
      @link.declare(requests, requests, requests)
    rescue StandardError
      @link&.close
      raise
    end

    def close
      @link.close
    end

    private

    # The name of the request exchange and the request queue, and the routing key.
    def requests
      "#{@app_name}_request"
    end

    def results
      "#{@app_name}_result_exchange"
    end

    # Declares the result queue, each time: one that nobody consumes expires.
    def declare_result_queue(index)
      "#{@app_name}_result_queue_#{index}".tap { |queue| @link.declare(results, queue, index.to_s, @arguments) }
    end

    def deadline(timeout)
      timeout && SyRPC.now + timeout
    end
  end

  class Client < Endpoint
    # How long results for others are kept before they go back: a client that gave them back at once would get them
    # again at once, thousands of times a second.
    PAUSE_SECONDS = 0.01

    # Returns the result id.
    def put_request(type, data)
      SecureRandom.uuid.tap do |result_id|
        @link.publish(requests, requests, { 'result_id' => result_id, 'type' => type.strip, 'data' => data })
      end
    end

    # Returns the data of the result; raises Expired if it does not come in time.
    def get_result(result_id, timeout: nil)
      deadline = deadline(timeout)
      @link.consume(declare_result_queue(SyRPC.index(result_id, @num_queues))) do
        loop do
          mine, foreign = @link.take(deadline).partition { |delivery| delivery.result_id == result_id }
          sleep PAUSE_SECONDS if mine.empty?
          foreign.each { |delivery| @link.give_back(delivery) }
          mine.each { |delivery| @link.acknowledge(delivery) }
          return mine.first.message['data'] unless mine.empty?
        end
      end
    end
  end

  class Server < Endpoint
    def initialize(**options)
      super(prefetch: 1, **options)
    end

    # Takes one request, calls the block with its type, data and result id, and puts the result that it returns. The
    # request is acknowledged after that: should the process die in between, another server does it again.
    #
    # If the block raises, or the request cannot be read or the result not be written, the result is an exception, and
    # this raises as well. Raises Expired if no request comes in time.
    def serve(timeout: nil)
      delivery = @link.consume(requests) { @link.take(deadline(timeout)).first }
      begin
        type, data, result_id = delivery.message.values_at('type', 'data', 'result_id')
        put_result(result_id, yield(type.strip, data, result_id))
      rescue StandardError => error
        text = "#{error.class}: #{error.message}".scrub
        put_result(delivery.result_id, { 'exception' => text }) if delivery.result_id
      end
      @link.acknowledge(delivery)
      raise error if error
    end

    private

    def put_result(result_id, data)
      index = SyRPC.index(result_id, @num_queues)
      declare_result_queue(index)
      @link.publish(results, index.to_s, { 'result_id' => result_id, 'data' => data })
    end
  end
end
