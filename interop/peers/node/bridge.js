/**
 * What syrpc 1.0.5 lacks to be driven by the harness on a current Node.js, supplied from outside the package.
 *
 * The package is installed as published and stays so; functions below it are replaced while the adapter runs. Nothing
 * here adds a frame, or changes one.
 */

'use strict';

/** What consumers of the implementation threw. That ends anybody's program, and so is to end this one. */
const fatal = new WeakSet();

/**
 * Puts the replacements in place; returns one line for each, for the answer to `hello`.
 *
 * `currentSession()` is asked when the implementation connects, for a session: it has the `port` to connect to, and is
 * told what happens by `connected(connection)`, `published()`, `failed(kind, error)`, `closed()` and `rejected(error)`.
 */
exports.apply = (amqplib, currentSession) => {
  const { connect } = amqplib;
  amqplib.connect = (url, ...rest) => {
    const session = currentSession();
    return connect.call(amqplib, atPort(url, session.port), ...rest).then((connection) => {
      watchConnection(connection, session);
      return connection;
    });
  };

  const { setTimeout } = global;
  global.setTimeout = (callback, ...rest) => setTimeout((...args) => tolerantly(callback, args), ...rest);

  process.on('unhandledRejection', (error) => {
    console.error('Unhandled rejection:', error);
    const session = currentSession();
    if (session) {
      session.rejected(error);
    }
  });

  // All that it has to say is that `new Buffer` is out of fashion.
  process.noDeprecation = true;

  return [
    'amqplib: connect uses the broker\'s port in place of 5672',
    'amqplib: errors of connections and channels end the operation in place of the process, unless a consumer threw',
    'process: unhandled rejections end the operation in place of the process',
    'setTimeout: a call\'s timer that finds its channel closed does not end the process',
    'process: no deprecation warnings',
  ];
};

/** The reference knows no other port than this one, and everything before it in the URL is percent-encoded. */
function atPort(url, port) {
  if (!url.includes(':5672/')) {
    throw new Error('the implementation does not connect to port 5672, so it cannot be redirected');
  }
  return url.replace(':5672/', `:${port}/`);
}

/** The last timer of a call cancels its consumer, even if the connection was closed long before. */
function tolerantly(callback, args) {
  try {
    callback(...args);
  } catch (error) {
    if (!error || error.name !== 'IllegalOperationError') {
      throw error;
    }
  }
}

function watchConnection(connection, session) {
  session.connected(connection);
  watchErrors(connection, session, 'connection');
  connection.on('close', () => session.closed());

  const { createChannel } = connection;
  connection.createChannel = (...args) => createChannel.apply(connection, args).then((channel) => {
    watchChannel(channel, session);
    return channel;
  });
}

function watchChannel(channel, session) {
  watchErrors(channel, session, 'failed');

  const { consume, publish } = channel;
  channel.consume = (queue, callback, ...rest) => consume.call(channel, queue, (message) => {
    try {
      return callback(message);
    } catch (error) {
      fatal.add(error);
      throw error;
    }
  }, ...rest);
  channel.publish = (...args) => {
    const result = publish.apply(channel, args);
    session.published();
    return result;
  };
}

function watchErrors(emitter, session, kind) {
  emitter.on('error', (error) => {
    if (fatal.has(error)) {
      throw error;
    }
    session.failed(kind, error);
  });
}
