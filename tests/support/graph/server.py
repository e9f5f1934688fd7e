"""The service on a TLS socket of this computer: HTTP/1.1, connections kept, and broken when told to."""

import os
import socket
import ssl
import struct
import threading
from collections.abc import Callable
from contextlib import suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from . import faults
from .service import Reply
from .web import Request

LARGEST_REQUEST = 64 * 1024 * 1024
IDLE = 120


class Server(ThreadingHTTPServer):
    """Listens until it is stopped. `reply` makes the answers."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def __init__(self, port: int, certificate: Path, reply: Callable[[Request], Reply]) -> None:
        self.reply = reply
        self.stopping = threading.Event()
        self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._tls.load_cert_chain(certificate)
        self._open: set[socket.socket] = set()
        self._open_lock = threading.Lock()
        super().__init__(("127.0.0.1", port), Handler)
        self._thread = threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True)

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.server_address[1])

    def start(self) -> None:
        """Begins to listen."""
        self._thread.start()

    def stop(self) -> None:
        """Stops, and breaks off whatever is under way."""
        self.stopping.set()
        self.shutdown()
        self.server_close()
        self._thread.join()
        with self._open_lock:
            left = list(self._open)
        for one in left:
            with suppress(OSError):
                socket.socket.shutdown(one, socket.SHUT_RDWR)

    def finish_request(self, request: Any, client_address: Any) -> None:
        """Serves a connection, in its own thread; the handshake too, so that no client delays another."""
        request.settimeout(IDLE)
        request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with suppress(OSError):
            secured = self._tls.wrap_socket(request, server_side=True)
            with self._open_lock:
                self._open.add(secured)
            try:
                Handler(secured, client_address, self)
            finally:
                with self._open_lock:
                    self._open.discard(secured)
                with suppress(OSError):
                    secured.close()

    def shutdown_request(self, request: Any) -> None:
        """Closes what is left of a connection."""
        with suppress(OSError):
            request.close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no news; the loopback's own errors are."""
        import sys

        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    server: Server

    def _any(self) -> None:
        body = self._body()
        if body is None:
            return
        path, _, query = self.path.partition("?")
        headers = {name.lower(): value for name, value in self.headers.items()}
        reply = self.server.reply(Request(self.command, path, query, headers, body))
        if isinstance(reply.wire, faults.Hang) and reply.wire.when == "after":
            self.server.stopping.wait(reply.wire.seconds)
        if isinstance(reply.wire, faults.Reset):
            self._reset()
        else:
            self._write(reply)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _any  # noqa: N815 - the names that http.server calls

    def _body(self) -> bytes | None:
        """The whole body; None, and the connection closed, when it is no HTTP or too much."""
        if "chunked" in self.headers.get("Transfer-Encoding", "").lower():
            return self._chunks()
        length = self.headers.get("Content-Length", "0")
        if not length.isdigit() or int(length) > LARGEST_REQUEST:
            self.close_connection = True
            return None
        body = self.rfile.read(int(length))
        if len(body) < int(length):
            self.close_connection = True
            return None
        return body

    def _chunks(self) -> bytes | None:
        whole = bytearray()
        while True:
            try:
                size = int(self.rfile.readline(100).split(b";")[0], 16)
            except ValueError:
                self.close_connection = True
                return None
            whole += self.rfile.read(size)
            self.rfile.readline(100)
            if not size:
                return bytes(whole)

    def _write(self, reply: Reply) -> None:
        """Puts an answer on the wire in one piece, or in the pieces that a fault asks for."""
        answer, wire = reply.answer, reply.wire
        truncated = isinstance(wire, faults.Truncated)
        headers = dict(answer.headers)
        if answer.content_type:
            headers["Content-Type"] = answer.content_type
        if answer.status not in (204, 304):
            headers["Content-Length"] = str(len(answer.body) + (64 if truncated else 0))
        phrase = HTTPStatus(answer.status).phrase
        lines = [f"HTTP/1.1 {answer.status} {phrase}", *(f"{n}: {v}" for n, v in headers.items()), "", ""]
        head = "\r\n".join(lines).encode("latin-1")
        if isinstance(wire, faults.Trickle):
            slow = answer.body or head
            self._send(head + answer.body, len(head + answer.body) - len(slow), wire.seconds_per_byte)
            return
        body = answer.body[: len(answer.body) // 2] if truncated else answer.body
        self.wfile.write(head + body)
        self.close_connection |= truncated

    def _send(self, content: bytes, quickly: int, seconds: float) -> None:
        """The first bytes at once, the rest one by one."""
        if quickly:
            self.wfile.write(content[:quickly])
        for at in range(quickly, len(content)):
            if self.server.stopping.wait(seconds):
                return
            self.wfile.write(content[at : at + 1])

    def _reset(self) -> None:
        """Ends the connection with a TCP reset instead of an answer."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        os.close(self.connection.detach())
        self.close_connection = True

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name that http.server has
        """Says nothing."""
