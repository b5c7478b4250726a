<?php

/**
 * What php-amqplib needs of the extension mbstring, where that is missing: lengths and parts of byte strings. It asks
 * for them in the encoding ASCII throughout, which has one byte to a character.
 */

if (!function_exists('mb_strlen')) {
    function mb_strlen($string, $encoding = null)
    {
        return strlen((string) $string);
    }

    function mb_substr($string, $start, $length = null, $encoding = null)
    {
        $string = (string) $string;
        // PHP 7 gives false, not an empty string, beyond the end.
        return (string) substr($string, $start, $length ?? strlen($string));
    }
}
