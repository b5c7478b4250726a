/**
 * Adapter of the published Node implementation: speaks the peer protocol (../README.rst), calls the package syrpc.
 *
 * Runs on Node.js 12 and later, with no package but what is tested: $SYRPC_REFERENCE, or what is installed in
 * $SYRPC_NODE_PACKAGES. `bridge.js` supplies what the package lacks.
 */

'use strict';

const fs = require('fs');
const Module = require('module');
const path = require('path');
const { performance } = require('perf_hooks');

const bridge = require('./bridge');

const CLIENT = ['putter', 'getter'];
const SERVER = ['server'];

// The protocol's optional settings; those that are absent are left to the implementation.
const OPTIONAL = { ttl: 'amq_ttl', msg_ttl: 'amq_msg_ttl', num_queues: 'amq_num_queues' };

// Those that have a say in what goes over the wire, and when.
const LIBRARIES = ['amqplib', 'bitsyntax', 'buffer-more-ints', 'when', 'siphash', 'node-uuid', 'lodash.merge'];

/** An answer of another kind than `failed`, or one that the adapter itself gives. */
class Refusal extends Error {
  constructor(kind, message) {
    super(message);
    this.kind = kind;
  }
}

/** One object of the implementation, its connection, and what became of that. */
class Session {
  constructor(adapter, role, port) {
    this.adapter = adapter;
    this.role = role;
    this.port = port;
    this.rpc = null;
    this.connection = null;
    this.closing = false;
    this.failure = null; // a Refusal: the connection is lost, or its channel
    this.published = () => {}; // called when the implementation has handed a message to its channel
  }

  connected(connection) {
    this.connection = connection;
  }

  failed(kind, error) {
    console.error(error);
    this.failure = this.failure || new Refusal(kind, describe(error));
    if (this === this.adapter.session) {
      this.adapter.interrupt(this.failure);
    }
  }

  closed() {
    if (!this.closing && !this.failure) {
      this.failed('connection', new Error('the connection was closed'));
    }
  }

  /** A promise was rejected that the implementation gave to nobody: what waits for it, waits in vain. */
  rejected(error) {
    this.adapter.interrupt(error);
  }

  async close() {
    this.closing = true;
    if (this.connection) {
      await this.connection.close();
    }
  }
}

/** One implementation with at most one open connection. */
class Adapter {
  constructor() {
    this.syrpc = null;
    this.location = null;
    this.from = null; // `require` as the implementation sees it
    this.bridged = [];
    this.session = null;
    this.interruption = null; // rejects if the operation under way cannot come to an end of its own
    this.interrupt = () => {};
  }

  /** The answer to one line. Never fails because of what the line or the implementation does. */
  async answer(line) {
    const answer = { id: null, ok: true };
    this.interruption = new Promise((_, reject) => { this.interrupt = reject; });
    this.interruption.catch(() => {}); // not every operation waits
    try {
      const request = parse(line);
      answer.id = request.id;
      if (typeof request.op !== 'string') {
        throw new Refusal('invalid', 'no "op"');
      }
      const operation = OPERATIONS.get(request.op);
      if (!operation) {
        throw new Refusal('unsupported', `no such operation: ${JSON.stringify(request.op)}`);
      }
      await operation.call(this, request, answer);
    } catch (error) { // whatever the implementation throws is a finding, not the end of the adapter
      const isRefusal = error instanceof Refusal;
      const kind = this.kind(error);
      if (!isRefusal && kind !== 'timeout') {
        console.error(error);
      }
      answer.ok = false;
      answer.error = { kind, message: isRefusal ? error.message : describe(error) };
    }
    return answer;
  }

  // Operations: each adds its fields to the answer as they become known, so that a failing `serve` still tells what it
  // has seen.

  hello(request, answer) {
    this.load();
    const reference = Boolean(process.env.SYRPC_REFERENCE);
    const { version } = this.from('./package.json');
    answer.hello = {
      implementation: `syrpc ${version}`,
      runtime: `Node.js ${process.versions.node}`,
      settings: {
        arguments: process.execArgv.join(' '),
        NODE_OPTIONS: process.env.NODE_OPTIONS || '',
        locale: Intl.DateTimeFormat().resolvedOptions().locale,
      },
      libraries: this.libraries(),
      bridged: this.bridged,
      golden: 'node',
      features: ['put_request', 'get_result', 'serve'],
      location: this.location,
      reference,
    };
  }

  async open(request) {
    if (this.session) {
      throw new Refusal('invalid', 'a connection is open already');
    }
    const role = text(request, 'role');
    const broker = object(request, 'broker');
    const settings = object(request, 'settings');
    if (![...CLIENT, ...SERVER].includes(role)) {
      throw new Refusal('invalid', `no such role: ${JSON.stringify(role)}`);
    }
    const host = text(broker, 'host');
    const port = integer(broker, 'port');
    const configuration = {
      app_name: text(settings, 'app_name'),
      amq_host: host.includes(':') ? `[${host}]` : host,
      // They become part of a URL, and escaping them is left to the user.
      amq_virtualhost: encodeURIComponent(text(broker, 'virtual_host')),
      amq_user: encodeURIComponent(text(broker, 'user')),
      amq_password: encodeURIComponent(text(broker, 'password')),
    };
    for (const [name, theirs] of Object.entries(OPTIONAL)) {
      if (name in settings) {
        configuration[theirs] = settings[name];
      }
    }
    this.load();
    const session = new Session(this, role, port);
    this.session = session;
    try {
      session.rpc = new this.syrpc[SERVER.includes(role) ? 'SyRPCServer' : 'SyRPCClient'](configuration);
      await this.unlessInterrupted(session.rpc.init());
    } catch (error) {
      this.session = null;
      session.close().catch(() => {});
      if (session.connection) {
        throw error;
      }
      console.error(error);
      throw new Refusal('connection', describe(error));
    }
  }

  put_request(request, answer) {
    const { rpc } = this.opened(CLIENT);
    const type = text(request, 'type');
    const payload = text(request, 'payload');
    answer.result_id = rpc.putRequest(type, JSON.parse(payload));
  }

  async get_result(request, answer) {
    const { rpc } = this.opened(CLIENT);
    const resultID = text(request, 'result_id');
    const result = await this.unlessInterrupted(rpc.getResult(resultID, milliseconds(request)));
    answer.payload = JSON.stringify(result.data);
    answer.result_id = result.result_id;
  }

  async serve(request, answer) {
    const session = this.opened(SERVER);
    const { rpc } = session;
    const count = integer(request, 'count');
    const deadline = performance.now() + milliseconds(request);
    const seen = [];
    answer.requests = seen;
    while (seen.length < count) {
      const remaining = Math.max(deadline - performance.now(), 0);
      const { type, result_id, data } = await this.unlessInterrupted(rpc.getRequest(remaining));
      seen.push({ type, result_id, payload: JSON.stringify(data) });
      // It publishes later, and does not say when.
      const published = new Promise((resolve) => { session.published = resolve; });
      await this.unlessInterrupted(Promise.all([rpc.putResult(result_id, data), published]));
    }
  }

  async close() {
    const { session } = this;
    if (session) {
      try {
        await this.unlessInterrupted(session.close());
      } catch (error) {
        throw session.failure || error;
      } finally {
        this.session = null;
      }
    }
  }

  /** Loads the implementation on first use: if it cannot be loaded, that is an answer, not a dead adapter. */
  load() {
    if (this.syrpc) {
      return;
    }
    const { SYRPC_REFERENCE: reference, SYRPC_NODE_PACKAGES: packages } = process.env;
    if (!reference && !packages) {
      throw new Refusal('failed', 'neither SYRPC_REFERENCE nor SYRPC_NODE_PACKAGES says where the package is');
    }
    if (packages) {
      // What a checkout does not have below it, it gets from what is installed.
      process.env.NODE_PATH = path.resolve(packages, 'node_modules');
      Module._initPaths();
    }
    const location = fs.realpathSync(reference || path.join(packages, 'node_modules', 'syrpc'));
    const from = Module.createRequire(path.join(location, 'package.json'));
    const main = from.resolve('./');
    const syrpc = from('./');
    const isInside = main.startsWith(location + path.sep);
    if (!isInside || typeof syrpc.SyRPCClient !== 'function' || typeof syrpc.SyRPCServer !== 'function') {
      throw new Refusal('failed', `there is no package syrpc in ${location}; what would be loaded is ${main}`);
    }
    this.bridged = bridge.apply(from('amqplib'), () => this.session);
    Object.assign(this, { syrpc, location, from });
  }

  libraries() {
    const libraries = {};
    const below = Module.createRequire(this.from.resolve('amqplib'));
    for (const name of LIBRARIES) {
      for (const from of [this.from, below]) {
        try {
          libraries[name] = from(`${name}/package.json`).version;
          break;
        } catch (error) { // a checkout may do without it
        }
      }
    }
    return libraries;
  }

  opened(roles) {
    if (!this.session || !roles.includes(this.session.role)) {
      throw new Refusal('invalid', `not open as ${roles.join(' or ')}`);
    }
    if (this.session.failure) {
      throw this.session.failure;
    }
    return this.session;
  }

  unlessInterrupted(promise) {
    return Promise.race([promise, this.interruption]);
  }

  /** The protocol's name for what an operation threw. */
  kind(error) {
    if (error instanceof Refusal) {
      return error.kind;
    }
    if (error instanceof Error && error.message === 'Timeout expired') {
      return 'timeout';
    }
    return this.session && this.session.failure ? this.session.failure.kind : 'failed';
  }
}

const OPERATIONS = new Map(
  ['hello', 'open', 'put_request', 'get_result', 'serve', 'close'].map((name) => [name, Adapter.prototype[name]]),
);

function parse(line) {
  let request;
  try {
    request = JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(line));
  } catch (error) {
    throw new Refusal('invalid', `not a line of JSON: ${describe(error)}`);
  }
  if (!isObject(request) || !Number.isSafeInteger(request.id)) {
    throw new Refusal('invalid', 'not an object with an integer "id"');
  }
  return request;
}

function isObject(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function field(request, name, isRight, what) {
  const value = Object.prototype.hasOwnProperty.call(request, name) ? request[name] : undefined;
  if (!isRight(value)) {
    throw new Refusal('invalid', `"${name}" is not ${what}`);
  }
  return value;
}

function text(request, name) {
  return field(request, name, (value) => typeof value === 'string', 'a string');
}

function object(request, name) {
  return field(request, name, isObject, 'an object');
}

function integer(request, name) {
  return field(request, name, Number.isSafeInteger, 'an integer');
}

/** The implementation's times are in milliseconds. */
function milliseconds(request) {
  const isRight = (value) => Number.isFinite(value) && value > 0;
  return 1000 * field(request, 'timeout', isRight, 'a positive number of seconds');
}

/** `Type: text`; the implementation also rejects with what is no error, but data from the wire. */
function describe(error) {
  return error instanceof Error ? `${error.name}: ${error.message}` : `${typeof error}: ${JSON.stringify(error)}`;
}

function ascii(json) {
  return json.replace(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** The lines of a stream as buffers; `readline` would also end one at U+2028, which JSON may hold as it is. */
async function* lines(stream) {
  let pieces = [];
  for await (let chunk of stream) {
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10)) {
      yield Buffer.concat([...pieces, chunk.slice(0, end)]);
      pieces = [];
      chunk = chunk.slice(end + 1);
    }
    pieces.push(chunk);
  }
  const rest = Buffer.concat(pieces);
  if (rest.length > 0) {
    yield rest;
  }
}

async function main() {
  // Only answers may go to stdout, whatever the implementation prints.
  const write = process.stdout.write.bind(process.stdout);
  process.stdout.write = process.stderr.write.bind(process.stderr);

  const adapter = new Adapter();
  for await (const line of lines(process.stdin)) {
    const answer = ascii(JSON.stringify(await adapter.answer(line)));
    await new Promise((resolve) => { write(`${answer}\n`, resolve); });
  }
  await adapter.answer(Buffer.from('{"id": 0, "op": "close"}'));
}

// Explicitly: an open timer or socket of the implementation must not keep the process.
main().then(() => process.exit(0), (error) => {
  console.error(error);
  process.exit(1);
});
