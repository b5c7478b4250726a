<?php

namespace PhpAmqpLib\Connection;

/**
 * The class that the reference connects with, here with the harness's port in place of the one that is written into
 * the reference. All else - the login, the heartbeat, the times - is as php-amqplib has it, where this class is an
 * empty extension of the same parent, or, since 3.0, gone.
 */
class AMQPConnection extends AMQPStreamConnection
{
    /** @var int */
    public static $brokerPort;

    public function __construct($host, $port, ...$others)
    {
        parent::__construct($host, self::$brokerPort, ...$others);
    }
}
