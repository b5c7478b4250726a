"""A registry of packages for npm and for Composer, on loopback, which asks for a token.

    registry.py CHECKOUT TOKEN

Prints its port. It has what the peers `node` and `php` of CHECKOUT pin, as packages that are made up: they load, and do
nothing. Whoever asks without TOKEN - as a bearer, or as the password of anybody - is refused. Ends with its standard input.
"""

import base64
import hashlib
import io
import json
import os
import sys
import tarfile
import threading
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

checkout, token = sys.argv[1:]


def pins(peer, file):
    with open(os.path.join(checkout, 'interop', 'peers', peer, file), encoding='utf-8') as pinned:
        return json.load(pinned)


def npm_tarball(manifest):
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode='w:gz') as archive:
        files = {'package.json': json.dumps(manifest), 'index.js': 'module.exports = {}\n'}
        for name, text in files.items():
            entry = tarfile.TarInfo('package/' + name)
            entry.size = len(text)
            archive.addfile(entry, io.BytesIO(text.encode()))
    return packed.getvalue()


def npm_files(base):
    """The documents and archives of npm, by path."""
    pinned = pins('node', 'package.json')
    below = pinned['overrides']
    files = {}
    for name, version in {**pinned['dependencies'], **below}.items():
        manifest = {'name': name, 'version': version}
        if name in pinned['dependencies']:
            manifest['dependencies'] = dict.fromkeys(below, '*')
        archive = npm_tarball(manifest)
        path = f'/{name}/-/{name}-{version}.tgz'
        integrity = 'sha512-' + base64.b64encode(hashlib.sha512(archive).digest()).decode()
        manifest = {**manifest, 'dist': {'tarball': base + path, 'integrity': integrity}}
        files[path] = archive
        files[f'/{name}'] = json.dumps(
            {'name': name, 'dist-tags': {'latest': version}, 'versions': {version: manifest}}).encode()
    return files


def composer_zip(name):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, 'w') as archive:
        archive.writestr('made-up/composer.json', json.dumps({'name': name}))
        archive.writestr('made-up/src/Client.php', '<?php\nnamespace SyRPC;\nclass Client {}\n')
    return packed.getvalue()


def composer_files(base):
    """The list and the archives of Composer, by path."""
    files, packages = {}, {}
    for name, version in pins('php', 'composer.json')['require'].items():
        version = version.split('#')[0]
        path = f'/dist/{name}.zip'
        files[path] = composer_zip(name)
        packages[name] = {version: {
            'name': name, 'version': version, 'dist': {'type': 'zip', 'url': base + path},
            'autoload': {'psr-4': {'SyRPC\\': 'src/'}} if name.endswith('/syrpc-php') else {}}}
    files['/packages.json'] = json.dumps({'packages': packages}).encode()
    return files


class Registry(BaseHTTPRequestHandler):
    files = {}

    def knows_token(self):
        kind, _, value = self.headers.get('Authorization', '').partition(' ')
        if kind == 'Basic':
            value = base64.b64decode(value).decode().partition(':')[2]
        return value == token

    def do_GET(self):
        path = self.path.split('?')[0]
        if not self.knows_token():
            self.answer(401, b'{"error": "who are you?"}')
        elif path in self.files:
            self.answer(200, self.files[path])
        else:
            self.answer(404, b'{"error": "not found"}')

    def answer(self, status, body):
        self.send_response(status)
        self.send_header('Content-Length', str(len(body)))
        self.send_header('Content-Type', 'application/json')
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(('127.0.0.1', 0), Registry)
address = f'http://127.0.0.1:{server.server_port}'
Registry.files = {**npm_files(address), **composer_files(address)}
threading.Thread(target=server.serve_forever, daemon=True).start()
print(server.server_port, flush=True)
sys.stdin.read()
