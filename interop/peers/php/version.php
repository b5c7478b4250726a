<?php

// The version of the interpreter that runs this, as numbers.

echo implode(".", [PHP_MAJOR_VERSION, PHP_MINOR_VERSION, PHP_RELEASE_VERSION]), "\n";
