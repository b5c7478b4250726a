<?php

declare(strict_types=1);

use PhpAmqpLib\Connection\AMQPConnection;
use PhpAmqpLib\Connection\AMQPStreamConnection;
use SyRPC\Client;
use SyRPC\Common;
use SyRPC\Server;

/**
 * The PHP implementation: loads it, supplies from outside what it lacks, and opens and closes its connections.
 *
 * Nothing of the implementation is changed, and nothing here touches what is sent.
 */
final class Implementation
{
    /** The settings of the protocol that are optional; those that are absent are left to the implementation. */
    private const OPTIONAL = ['ttl' => 'amq_ttl', 'msg_ttl' => 'amq_msg_ttl', 'num_queues' => 'amq_num_queues'];

    private const AUTOLOADERS = ['vendor/autoload.php', 'src/vendor/autoload.php'];

    /** Ids and the low 32 bits of their SipHash-2-4 with the key of the wire protocol. */
    private const HASH_KEY = 'EdaeYa6eesh3ahSh';
    private const HASHES = [
        '' => 1767469664,
        'foo' => 3618240572,
        'foo-bar-baz' => 3509653084,
        'Zürich' => 3688896290,
        '日本' => 4071356815
    ];

    /** @var bool */
    private $loaded = false;

    /** @var array what the classes have in place of an instance before there is one */
    private $unmade = [];

    /** @var string[] what is not as published, for the answer to `hello` */
    private $bridged = [];

    /**
     * Loads the implementation, once.
     *
     * @throws Refusal if it is not there, is not the one asked for, or cannot work here
     */
    public function load(): void
    {
        if ($this->loaded) {
            return;
        }
        $this->bridged = [];
        require_once self::autoloader();
        $this->supplyExtensions();
        $this->redirectConnections();
        foreach ([Client::class, Server::class] as $class) {
            self::checkOrigin($class);
        }
        $this->noteInstances();
        $this->supplyLogger();
        $this->bridged[] = 'getInstance of ' . Client::class . ' and ' . Server::class
            . ': the instance is forgotten when it is closed';
        $this->loaded = true;
    }

    /** The fields of the answer to `hello`. */
    public function identity(): array
    {
        $libraries = ['php-amqplib' => PhpAmqpLib\Package::VERSION];
        foreach (['phpseclib' => 'phpseclib/phpseclib', 'monolog' => 'monolog/monolog'] as $name => $package) {
            $libraries[$name] = self::installed($package)[0] ?? null;
        }
        $libraries['siphash'] = phpversion('siphash') ?: null;
        $libraries['libsodium'] = defined('SODIUM_LIBRARY_VERSION') ? SODIUM_LIBRARY_VERSION : null;
        // Which version a checkout is, the harness finds out; the version installed here is not it.
        $version = self::reference() === null ? self::installed('adfinis-sygroup/syrpc-php') : [];
        return [
            'implementation' => implode(' ', array_merge(['syrpc-php'], $version)),
            'runtime' => 'PHP ' . PHP_VERSION,
            'settings' => Settings::inForce(),
            'libraries' => (object) array_filter($libraries),
            'bridged' => $this->bridged,
            'golden' => 'php',
            'features' => ['put_request', 'get_result', 'serve'],
            'location' => dirname(self::file(Client::class)),
            'reference' => self::reference() !== null,
        ];
    }

    /** A connected client or server of the implementation. */
    public function open(bool $server, array $broker, array $settings)
    {
        $this->load();
        AMQPConnection::$brokerPort = $broker['port'];
        $configuration = [
            'app_name' => $settings['app_name'],
            'amq_host' => $broker['host'],
            'amq_virtualhost' => $broker['virtual_host'],
            'amq_user' => $broker['user'],
            'amq_password' => $broker['password'],
        ];
        foreach (self::OPTIONAL as $name => $theirs) {
            if (array_key_exists($name, $settings)) {
                $configuration[$theirs] = $settings[$name];
            }
        }
        return $server ? Server::getInstance($configuration) : Client::getInstance($configuration);
    }

    /**
     * Closes as the destructor does, but now, and once.
     *
     * Letting go of the object would not do: the implementation keeps it for the next getInstance, and its consumer's
     * callback keeps it too. The destructor leaves alone a connection that is null. A checkout may do without all that.
     */
    public function close($rpc): void
    {
        try {
            $this->forget();
            if (method_exists($rpc, '__destruct')) {
                $rpc->__destruct();
            }
        } finally {
            if (property_exists($rpc, 'amqConnection')) {
                self::property(get_class($rpc), 'amqConnection')->setValue($rpc, null);
            }
        }
    }

    /** Makes getInstance make a new instance. */
    private function forget(): void
    {
        foreach ($this->unmade as $class => $initial) {
            self::property($class, '_instance')->setValue(null, $initial);
        }
    }

    /** Notes what getInstance finds before it has made one. Asked later, PHP 7 gives the instance for the default. */
    private function noteInstances(): void
    {
        foreach ([Client::class, Server::class] as $class) {
            if (property_exists($class, '_instance')) {
                $this->unmade[$class] = (new ReflectionClass($class))->getDefaultProperties()['_instance'] ?? null;
            }
        }
    }

    private static function property(string $class, string $name): ReflectionProperty
    {
        $property = new ReflectionProperty($class, $name);
        if (PHP_VERSION_ID < 80100) {
            $property->setAccessible(true);
        }
        return $property;
    }

    /** The local checkout, or file, that is to be tested in place of the packages. */
    private static function reference(): ?string
    {
        return getenv('SYRPC_REFERENCE') ?: null;
    }

    private static function autoloader(): string
    {
        $folder = self::reference() ?? getenv('SYRPC_PHP_PACKAGES') ?: null;
        if ($folder === null) {
            throw new Refusal('failed', 'neither SYRPC_REFERENCE nor SYRPC_PHP_PACKAGES is set');
        }
        if ($folder === self::reference() && is_file($folder)) {
            return realpath($folder);
        }
        foreach (self::AUTOLOADERS as $file) {
            if (is_file("$folder/$file")) {
                return realpath("$folder/$file");
            }
        }
        throw new Refusal('failed', "$folder has no " . implode(' and no ', self::AUTOLOADERS));
    }

    /** A test of the wrong thing must not pass. */
    private static function checkOrigin(string $class): void
    {
        if (!class_exists($class)) {
            throw new Refusal('failed', "no class $class in " . (self::reference() ?? getenv('SYRPC_PHP_PACKAGES')));
        }
        $reference = self::reference();
        $packages = getenv('SYRPC_PHP_PACKAGES') ?: null;
        // A reference that is a file can load what it likes, but for the packages that it stands in for.
        if ($reference !== null && (
            is_dir($reference) ? !self::isBelow($reference, self::file($class))
                : $packages !== null && self::isBelow($packages, self::file($class))
        )) {
            throw new Refusal('failed', "SYRPC_REFERENCE holds no class $class; the one found is in "
                . self::file($class));
        }
    }

    private static function file(string $class): string
    {
        return realpath((new ReflectionClass($class))->getFileName());
    }

    private static function isBelow(string $folder, string $file): bool
    {
        $folder = rtrim((string) realpath($folder), '/') . '/';
        return strncmp($file, $folder, strlen($folder)) === 0;
    }

    /** The version and commit of an installed package, or nothing. */
    private static function installed(string $package): array
    {
        $versions = 'Composer\InstalledVersions';
        if (!class_exists($versions) || !$versions::isInstalled($package)) {
            return [];
        }
        $commit = substr((string) $versions::getReference($package), 0, 7);
        return array_filter([$versions::getPrettyVersion($package), $commit]);
    }

    private function supplyExtensions(): void
    {
        if (!extension_loaded('mbstring')) {
            require_once __DIR__ . '/mbstring.php';
            $this->bridged[] = 'mb_strlen and mb_substr: of bytes, in place of the extension mbstring';
        }
        if (!extension_loaded('siphash')) {
            require_once __DIR__ . '/siphash.php';
            $this->bridged[] = 'sip_hash32: of libsodium, in place of the extension siphash';
        }
        if (!function_exists('sip_hash32')) {
            throw new Refusal('failed', 'there is no sip_hash32: PHP needs the extension siphash, or sodium');
        }
        foreach (self::HASHES as $id => $hash) {
            $theirs = sip_hash32(self::HASH_KEY, (string) $id) & 0xFFFFFFFF;
            if ($theirs !== $hash) {
                throw new Refusal('failed', "sip_hash32 is not SipHash-2-4: of \"$id\" it is $theirs, not $hash");
            }
        }
    }

    /** Takes the place of the class that the implementation connects with, before anything can have loaded that. */
    private function redirectConnections(): void
    {
        if (!class_exists(AMQPStreamConnection::class)) {
            throw new Refusal('failed', 'php-amqplib is not there');
        }
        if (!class_exists(AMQPConnection::class, false)) {
            require __DIR__ . '/connection.php';
        } elseif (!property_exists(AMQPConnection::class, 'brokerPort')) {
            throw new Refusal('failed', AMQPConnection::class . ' is loaded already: its port cannot be redirected');
        }
        if (!is_file(dirname(self::file(AMQPStreamConnection::class)) . '/AMQPConnection.php')) {
            $this->bridged[] = AMQPConnection::class . ': php-amqplib ' . PhpAmqpLib\Package::VERSION . ' has none';
        }
    }

    /** The implementation logs to what its caller sets; it does not work without. */
    private function supplyLogger(): void
    {
        $level = strtoupper(getenv('SYRPC_LOG_LEVEL') ?: 'ERROR');
        $level = Monolog\Logger::getLevels()[$level] ?? Monolog\Logger::ERROR;
        $handler = new Monolog\Handler\StreamHandler(STDERR, $level);
        Common::$lg = new Monolog\Logger('syrpc', [$handler]);
        $this->bridged[] = Common::class . '::$lg: a logger that writes to standard error';
    }
}
