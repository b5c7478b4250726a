<?php

declare(strict_types=1);

/**
 * The settings of PHP that have a say in what the implementation does, or in what the harness sees of it. They are stated
 * here, and in peer.json where PHP takes them only as it starts: what a php.ini says, was meant for something else.
 */
final class Settings
{
    private const STATED = [
        // The digits of numbers in JSON: as few as read back equal.
        'serialize_precision' => '-1',
        'precision' => '14',
        'default_charset' => 'UTF-8',
        'memory_limit' => '-1',
        'default_socket_timeout' => '60',
        'display_errors' => 'stderr',
        'log_errors' => '0',
        'html_errors' => '0',
        // The arguments in an exception's trace would keep a connection alive.
        'zend.exception_ignore_args' => '1',
    ];

    /** Those that peer.json states. */
    private const AT_START = [
        'auto_prepend_file', 'auto_append_file', 'disable_functions', 'disable_classes', 'open_basedir',
        'internal_encoding', 'mbstring.internal_encoding', 'mbstring.func_overload', 'zend.assertions',
        'auto_detect_line_endings', 'opcache.enable_cli', 'xdebug.mode',
    ];

    public static function state(): void
    {
        // The notices of the implementation belong to the log; that PHP is going to drop something does not.
        error_reporting(E_ALL & ~E_DEPRECATED & ~E_USER_DEPRECATED);
        foreach (self::STATED as $name => $value) {
            ini_set($name, $value);
        }
    }

    /** What is in force, for the answer to `hello`; what this PHP does not know is left out. */
    public static function inForce(): array
    {
        $settings = ['php.ini' => php_ini_loaded_file() ?: 'none', 'error_reporting' => (string) error_reporting()];
        foreach (array_merge(array_keys(self::STATED), self::AT_START) as $name) {
            $value = ini_get($name);
            if ($value !== false) {
                $settings[$name] = $value;
            }
        }
        return $settings;
    }
}
