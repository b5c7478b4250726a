# frozen_string_literal: true

# Adapter of the Ruby implementation: speaks the peer protocol (../README.rst), calls syrpc.rb.

require 'json'

# A request that the adapter itself turns down.
class Refusal < StandardError
  attr_reader :kind

  def initialize(kind, message)
    super(message)
    @kind = kind
  end
end

# One implementation with at most one open connection.
class Adapter
  OPERATIONS = %w[hello open put_request get_result serve close].freeze
  CLIENT = %w[putter getter].freeze
  SERVER = %w[server].freeze
  # The protocol's optional settings; those that are absent are left to the implementation.
  OPTIONAL = %w[ttl msg_ttl num_queues].freeze
  TYPES = { String => 'a string', Integer => 'an integer', Numeric => 'a number', Hash => 'an object' }.freeze

  # The answer to one line. Never raises because of what the line or the implementation does.
  def answer(line)
    answer = { 'id' => nil, 'ok' => true }
    begin
      request = parse(line)
      answer['id'] = request['id']
      operation = request['op']
      raise Refusal.new('invalid', 'no "op"') unless operation.is_a?(String)
      raise Refusal.new('unsupported', "no such operation: #{operation.inspect}") unless OPERATIONS.include?(operation)

      send(operation, request, answer)
    rescue Refusal => refusal
      answer.update('ok' => false, 'error' => { 'kind' => refusal.kind, 'message' => refusal.message })
    rescue StandardError, ScriptError, SystemStackError => error
      # Whatever the implementation raises is a finding, not the end of the adapter.
      kind = kind(error)
      message = "#{error.class.name[/\w+\z/]}: #{clean(error.message)}"
      warn(clean(error.full_message(highlight: false))) unless kind == 'timeout'
      answer.update('ok' => false, 'error' => { 'kind' => kind, 'message' => message })
    end
    answer
  end

  # With nothing open it does nothing.
  def close(_request = nil, _answer = nil)
    rpc, @rpc, @role = @rpc, nil, nil
    rpc&.close
  end

  private

  def parse(line)
    text = line.force_encoding(Encoding::UTF_8)
    request = JSON.parse(text) if text.valid_encoding?
    return request if request.is_a?(Hash) && request['id'].is_a?(Integer)

    raise Refusal.new('invalid', 'not an object with an integer "id"')
  rescue JSON::JSONError
    raise Refusal.new('invalid', 'not a line of JSON')
  end

  # Operations: each adds its fields to the answer as they become known, so that a failing `serve` still tells what
  # it has seen.

  def hello(_request, answer)
    location = load_implementation
    reference = !ENV['SYRPC_REFERENCE'].to_s.empty?
    answer['hello'] = {
      # Which version a checkout is, the harness finds out.
      'implementation' => reference ? 'syrpc-ruby' : "syrpc-ruby #{SyRPC::VERSION}",
      'runtime' => "#{RUBY_ENGINE.capitalize} #{RUBY_VERSION}",
      'libraries' => {
        'bunny' => Bunny::VERSION, 'amq-protocol' => AMQ::Protocol::VERSION, 'json' => JSON::VERSION
      },
      'bridged' => [],
      'features' => %w[put_request get_result serve],
      'location' => location,
      'reference' => reference
    }
  end

  def open(request, _answer)
    raise Refusal.new('invalid', 'a connection is open already') if @rpc

    role = field(request, 'role', String)
    broker = field(request, 'broker', Hash)
    settings = field(request, 'settings', Hash)
    raise Refusal.new('invalid', "no such role: #{role.inspect}") unless (CLIENT + SERVER).include?(role)

    options = {
      app_name: field(settings, 'app_name', String),
      host: field(broker, 'host', String),
      port: field(broker, 'port', Integer),
      vhost: field(broker, 'virtual_host', String),
      user: field(broker, 'user', String),
      password: field(broker, 'password', String)
    }
    OPTIONAL.each { |name| options[name.to_sym] = field(settings, name, Numeric) if settings.key?(name) }
    load_implementation
    @rpc = (SERVER.include?(role) ? SyRPC::Server : SyRPC::Client).new(**options)
    @role = role
  end

  def put_request(request, answer)
    rpc = opened(CLIENT)
    type = field(request, 'type', String)
    data = read(field(request, 'payload', String))
    answer['result_id'] = rpc.put_request(type, data)
  end

  def get_result(request, answer)
    rpc = opened(CLIENT)
    result_id = field(request, 'result_id', String)
    answer['payload'] = print(rpc.get_result(result_id, timeout: seconds(request)))
  end

  def serve(request, answer)
    rpc = opened(SERVER)
    count = field(request, 'count', Integer)
    deadline = now + seconds(request)
    seen = answer['requests'] = []
    while seen.size < count
      rpc.serve(timeout: deadline - now) do |type, data, result_id|
        seen << { 'type' => type, 'result_id' => result_id, 'payload' => print(data) }
        data
      end
    end
  end

  # Loads the implementation on first use, as one that cannot be loaded is an answer, not a dead adapter. Returns where
  # it is.
  def load_implementation
    folder = File.realpath(ENV['SYRPC_REFERENCE'].to_s.empty? ? __dir__ : ENV['SYRPC_REFERENCE'])
    $LOAD_PATH.unshift(folder) unless $LOAD_PATH.include?(folder)
    require 'syrpc'
    location = File.realpath(File.dirname(Object.const_source_location('SyRPC').first))
    return location if location == folder

    raise Refusal.new('failed', "SYRPC_REFERENCE holds no syrpc.rb; the one found is in #{location}")
  end

  # Payloads may be nested deeper than the 100 levels that the parser and the printer take if not told otherwise.

  def read(payload)
    JSON.parse(payload, max_nesting: false)
  end

  def print(data)
    JSON.generate(data, max_nesting: false)
  end

  def opened(roles)
    raise Refusal.new('invalid', "not open as #{roles.join(' or ')}") unless roles.include?(@role)

    @rpc
  end

  def field(request, name, type)
    value = request[name]
    value.is_a?(type) ? value : raise(Refusal.new('invalid', "\"#{name}\" is not #{TYPES[type]}"))
  end

  def seconds(request)
    value = field(request, 'timeout', Numeric)
    return value if value.positive? && value.finite?

    raise Refusal.new('invalid', '"timeout" is not a positive number of seconds')
  end

  # The protocol's name for an exception of the implementation.
  def kind(error)
    return 'failed' unless defined?(SyRPC::VERSION)

    case error
    when SyRPC::Expired
      'timeout'
    when Bunny::TCPConnectionFailed, Bunny::PossibleAuthenticationFailureError, Bunny::NotAllowedError,
         Bunny::NetworkFailure, Bunny::ConnectionLevelException, Bunny::ConnectionClosedError,
         Bunny::ConnectionAlreadyClosed, AMQ::Protocol::EmptyResponseError, Timeout::Error, SystemCallError, IOError
      'connection'
    else
      'failed'
    end
  end

  # Messages may hold anything, the broker's words or half a payload.
  def clean(text)
    text.dup.force_encoding(Encoding::UTF_8).scrub
  end

  def now
    Process.clock_gettime(Process::CLOCK_MONOTONIC)
  end
end

# Only answers may go to stdout, whatever the implementation prints.
answers = $stdout.dup
$stdout.reopen($stderr)
$stdin.binmode

adapter = Adapter.new
while (line = $stdin.gets)
  answers.puts(JSON.generate(adapter.answer(line), ascii_only: true))
  answers.flush
end
begin
  adapter.close
rescue StandardError => error
  warn(error.full_message(highlight: false)) # nobody is left to answer to, and the exit status is not about this
end
