// The version of the interpreter that runs this, as numbers.

'use strict';

console.log(process.versions.node.split('-')[0]);
