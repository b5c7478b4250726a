<?php

/**
 * The function sip_hash32 of the extension siphash, made of libsodium where that extension is missing: the low 32 bits
 * of SipHash-2-4. Defines nothing where libsodium is missing too.
 *
 * Needs nothing else of this folder: require it before whatever calls sip_hash32.
 */

if (!function_exists('sip_hash32') && function_exists('sodium_crypto_shorthash')) {
    // Untyped: the extension's function takes null for an empty string, and an untyped caller may give it that.
    function sip_hash32($key, $string)
    {
        return unpack('V', sodium_crypto_shorthash((string) $string, (string) $key))[1];
    }
}
