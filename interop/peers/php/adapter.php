<?php

declare(strict_types=1);

/**
 * Adapter of the PHP implementation: speaks the peer protocol (../README.rst), calls the package syrpc-php.
 *
 * Needs PHP 7.2 or later, and nothing else. What the implementation is, and what it takes to run it here, is
 * implementation.php's matter.
 */

require __DIR__ . '/settings.php';
require __DIR__ . '/implementation.php';

/** A request that the adapter itself turns down. */
final class Refusal extends Exception
{
    /** @var string */
    public $kind;

    public function __construct(string $kind, string $message)
    {
        parent::__construct($message);
        $this->kind = $kind;
    }
}

/** One implementation with at most one open connection. */
final class Adapter
{
    private const CLIENT = ['putter', 'getter'];
    private const SERVER = ['server'];

    private const OPERATIONS = ['hello', 'open', 'put_request', 'get_result', 'serve', 'close'];

    /** What php-amqplib raises if the broker cannot be reached, refuses the login, or is lost. */
    private const CONNECTION_ERRORS = [
        PhpAmqpLib\Exception\AMQPConnectionClosedException::class,
        PhpAmqpLib\Exception\AMQPConnectionException::class,
        PhpAmqpLib\Exception\AMQPDataReadException::class,
        PhpAmqpLib\Exception\AMQPIOException::class,
        PhpAmqpLib\Exception\AMQPIOWaitException::class,
        PhpAmqpLib\Exception\AMQPProtocolConnectionException::class,
        PhpAmqpLib\Exception\AMQPSocketException::class,
        // Of connecting, of reading or of writing: where a call waits for a message it is caught as `timeout` before.
        PhpAmqpLib\Exception\AMQPTimeoutException::class,
    ];

    /** @var Implementation */
    private $implementation;

    /** @var object|null the implementation's client or server */
    private $rpc;

    /** @var string|null */
    private $role;

    public function __construct()
    {
        $this->implementation = new Implementation();
    }

    /** The answer to one line. Never throws because of what the line or the implementation does. */
    public function answer(string $line): string
    {
        $answer = ['id' => null, 'ok' => true];
        try {
            $request = self::parse($line);
            $answer['id'] = $request['id'];
            $operation = $request['op'] ?? null;
            if (!is_string($operation)) {
                throw new Refusal('invalid', 'no "op"');
            }
            if (!in_array($operation, self::OPERATIONS, true)) {
                throw new Refusal('unsupported', 'no such operation: ' . json_encode($operation));
            }
            $this->$operation($request, $answer);
        } catch (Refusal $refusal) {
            $answer['ok'] = false;
            $answer['error'] = ['kind' => $refusal->kind, 'message' => $refusal->getMessage()];
        } catch (Throwable $error) { // whatever the implementation throws is a finding, not the end of the adapter
            fwrite(STDERR, "$error\n");
            $answer['ok'] = false;
            $answer['error'] = ['kind' => self::kind($error), 'message' => self::describe($error)];
        }
        return json_encode($answer, JSON_INVALID_UTF8_SUBSTITUTE);
    }

    /** Closes what is open. */
    public function finish(): void
    {
        $this->answer('{"id": 0, "op": "close"}');
    }

    private static function parse(string $line): array
    {
        // Arrays, as an object of PHP cannot have any name.
        $request = json_decode($line, true);
        if (json_last_error() !== JSON_ERROR_NONE) {
            throw new Refusal('invalid', 'not a line of JSON: ' . json_last_error_msg());
        }
        if (!is_array($request) || !is_int($request['id'] ?? null)) {
            throw new Refusal('invalid', 'not an object with an integer "id"');
        }
        return $request;
    }

    // Operations: each adds its fields to the answer as they become known, so that a failing `serve` still tells what
    // it has seen.

    private function hello(array $request, array &$answer): void
    {
        $this->implementation->load();
        $answer['hello'] = $this->implementation->identity();
    }

    private function open(array $request, array &$answer): void
    {
        if ($this->rpc !== null) {
            throw new Refusal('invalid', 'a connection is open already');
        }
        $role = self::text($request, 'role');
        $broker = self::object($request, 'broker');
        $settings = self::object($request, 'settings');
        if (!in_array($role, array_merge(self::CLIENT, self::SERVER), true)) {
            throw new Refusal('invalid', 'no such role: ' . json_encode($role));
        }
        self::integer($broker, 'port');
        foreach (['host', 'virtual_host', 'user', 'password'] as $name) {
            self::text($broker, $name);
        }
        self::text($settings, 'app_name');
        try {
            $this->rpc = $this->implementation->open(in_array($role, self::SERVER, true), $broker, $settings);
            $this->role = $role;
        } finally {
            // A connection that was made, but not to the end, is part of a circle, and is closed by its destructor.
            gc_collect_cycles();
        }
    }

    private function put_request(array $request, array &$answer): void
    {
        $rpc = $this->opened(self::CLIENT);
        $type = self::text($request, 'type');
        $data = json_decode(self::text($request, 'payload'));
        if (json_last_error() !== JSON_ERROR_NONE) {
            throw new Refusal('failed', 'json_decode: ' . json_last_error_msg());
        }
        $answer['result_id'] = $rpc->putRequest($type, $data);
    }

    private function get_result(array $request, array &$answer): void
    {
        $rpc = $this->opened(self::CLIENT);
        $id = self::text($request, 'result_id');
        $seconds = self::seconds($request);
        // The data is all that the implementation returns.
        $answer['payload'] = self::printed(self::inTime(function () use ($rpc, $id, $seconds) {
            return $rpc->getResult($id, $seconds);
        }));
    }

    private function serve(array $request, array &$answer): void
    {
        $rpc = $this->opened(self::SERVER);
        $count = self::integer($request, 'count');
        $deadline = microtime(true) + self::seconds($request);
        $answer['requests'] = [];
        while (count($answer['requests']) < $count) {
            $seconds = $deadline - microtime(true);
            if ($seconds <= 0) { // zero would mean for ever
                throw new Refusal('timeout', 'the time given is over');
            }
            [$type, $id, $data] = self::inTime(function () use ($rpc, $seconds) {
                return $rpc->getRequest($seconds);
            });
            if (!is_string($type) || !is_string($id)) { // as when json_decode refused the message
                throw new Refusal('failed', 'getRequest returned ' . json_encode([$type, $id, $data])
                    . ': no request type, or no result id');
            }
            $answer['requests'][] = ['type' => $type, 'result_id' => $id, 'payload' => self::printed($data)];
            $rpc->putResult($id, $data);
        }
    }

    private function close(array $request, array &$answer): void
    {
        $rpc = $this->rpc;
        $this->rpc = $this->role = null;
        if ($rpc !== null) {
            try {
                $this->implementation->close($rpc);
            } finally {
                unset($rpc);
                gc_collect_cycles();
            }
        }
    }

    private function opened(array $roles)
    {
        if (!in_array($this->role, $roles, true)) {
            throw new Refusal('invalid', 'not open as ' . implode(' or ', $roles));
        }
        return $this->rpc;
    }

    /** What the call returns; that nothing came in time is `timeout`, and no trouble with the connection. */
    private static function inTime(callable $call)
    {
        try {
            return $call();
        } catch (PhpAmqpLib\Exception\AMQPTimeoutException $error) {
            throw new Refusal('timeout', self::describe($error));
        }
    }

    /** The protocol's name for what the implementation threw. */
    private static function kind(Throwable $error): string
    {
        foreach (self::CONNECTION_ERRORS as $class) {
            if ($error instanceof $class) {
                return 'connection';
            }
        }
        return 'failed';
    }

    private static function describe(Throwable $error): string
    {
        $type = (new ReflectionClass($error))->getShortName();
        $message = trim($error->getMessage());
        return $message === '' ? $type : "$type: $message";
    }

    private static function printed($data): string
    {
        $text = json_encode($data);
        if ($text === false) {
            throw new Refusal('failed', 'json_encode: ' . json_last_error_msg());
        }
        return $text;
    }

    private static function text(array $request, string $name): string
    {
        if (!is_string($request[$name] ?? null)) {
            throw new Refusal('invalid', "\"$name\" is not a string");
        }
        return $request[$name];
    }

    private static function integer(array $request, string $name): int
    {
        if (!is_int($request[$name] ?? null)) {
            throw new Refusal('invalid', "\"$name\" is not an integer");
        }
        return $request[$name];
    }

    private static function object(array $request, string $name): array
    {
        if (!is_array($request[$name] ?? null)) {
            throw new Refusal('invalid', "\"$name\" is not an object");
        }
        return $request[$name];
    }

    private static function seconds(array $request): float
    {
        $seconds = $request['timeout'] ?? null;
        if (!is_int($seconds) && !is_float($seconds)) {
            throw new Refusal('invalid', '"timeout" is not a number');
        }
        if ($seconds <= 0 || is_infinite($seconds)) {
            throw new Refusal('invalid', '"timeout" is not a positive number of seconds');
        }
        return (float) $seconds;
    }
}

Settings::state();

// Only answers may go to standard output, whatever the implementation prints.
ob_start(function (string $text): string {
    fwrite(STDERR, $text);
    return '';
}, 1);

$adapter = new Adapter();
while (($line = fgets(STDIN)) !== false) {
    fwrite(STDOUT, $adapter->answer($line) . "\n");
}
$adapter->finish();
