"""The comments of a pull or merge request, as GitHub and GitLab keep them, on loopback.

    forge.py TOKEN

Prints its port, then each request that changes something: method, path and body, as JSON on a line. It has 130 comments of
others, on pages of 100. Whoever asks without TOKEN is refused. Ends with its standard input.
"""

import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

token = sys.argv[1]
comments = [{'id': number, 'body': f'comment {number}'} for number in range(1, 131)]


class Handler(BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def answer(self, status, value):
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def handle_any(self):
        if token not in (self.headers.get('PRIVATE-TOKEN'), (self.headers.get('Authorization') or '')[len('Bearer '):]):
            self.answer(403, {})
            return
        url = urlsplit(self.path)
        if self.command == 'GET':
            query = parse_qs(url.query)
            size, page = int(query['per_page'][0]), int(query['page'][0])
            self.answer(200, comments[(page - 1) * size:page * size])
            return
        body = json.loads(self.rfile.read(int(self.headers['Content-Length'])))['body']
        if self.command == 'POST':
            comments.append({'id': len(comments) + 1, 'body': body})
            self.answer(201, comments[-1])
        else:
            comment = comments[int(url.path.rsplit('/', 1)[1]) - 1]
            comment['body'] = body
            self.answer(200, comment)
        print(json.dumps([self.command, url.path, body]), flush=True)

    do_GET = do_POST = do_PATCH = do_PUT = handle_any


server = ThreadingHTTPServer(('127.0.0.1', 0), Handler)
print(server.server_port, flush=True)
threading.Thread(target=server.serve_forever, daemon=True).start()
sys.stdin.read()
