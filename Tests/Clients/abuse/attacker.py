"""What attackers have: connections whose every byte they decide on."""

import asyncio
import base64
import json
import os
import socket
import struct
import time

from target import FUNDED, Broken, ask, request

# Seconds that a request or silence may take, so that slow ones need not be waited for long.
PATIENCE = 2


def expect(condition, message):
    if not condition:
        raise Broken(message)


class Setting:
    """What an abuse may use."""

    def __init__(self, node, scale):
        self.node, self.scale, self.port = node, scale, node.port

    def count(self, each, most=1 << 30):
        """So many at scale 1."""
        return min(each * self.scale, most)


def head(length=None, *more, path="/", host="127.0.0.1", type="application/json"):
    lines = [f"POST {path} HTTP/1.1", f"Host: {host}", f"Content-Type: {type}", *more]
    if length is not None:
        lines.append(f"Content-Length: {length}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def whole(body, *more, **kinds):
    return head(len(body), *more, **kinds) + body


async def connect(port, place=0, buffer=None):
    """A connection; `place` lets it come from one of the many addresses that this machine has."""
    plain = socket.socket()
    plain.setblocking(False)
    if buffer:
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
    plain.bind((f"127.0.0.{2 + place % 200}", 0))
    await asyncio.get_running_loop().sock_connect(plain, ("127.0.0.1", port))
    return await asyncio.open_connection(sock=plain, limit=64 << 20)


async def rest(reader, seconds=30):
    """All that comes until the server closes."""
    try:
        return await asyncio.wait_for(reader.read(-1), seconds)
    except ConnectionError:
        return b""
    except TimeoutError:
        raise Broken(f"the connection is not closed within {seconds} s") from None


def cut(writer):
    """Closes with a reset, as crashed clients do."""
    if not writer.is_closing():
        writer.get_extra_info("socket").setsockopt(
            socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)
        )
    writer.transport.abort()


async def exchange(port, data, seconds=60, half_close=False):
    """Sends bytes; the answer's status, and its text as far as there is one."""
    reader, writer = await connect(port)
    try:
        writer.write(data)
        if half_close:
            writer.write_eof()
        head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), seconds)
        length = next(
            (int(line.split(b":")[1]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length")),
            0,
        )
        body = await asyncio.wait_for(reader.readexactly(length), seconds)
        return int(head.split()[1]), body.decode()
    except (asyncio.IncompleteReadError, ConnectionError):
        return 0, ""
    finally:
        writer.close()


async def all_of(jobs):
    return await asyncio.gather(*jobs)


async def emit(setting, count):
    """Makes blocks with 500 logs for each of so many transactions."""
    # PUSH2 500, JUMPDEST, PUSH0 PUSH0 LOG0, PUSH1 1 SWAP1 SUB, DUP1, PUSH1 3, JUMPI
    code = "0x6101f4" + "5b" + "5f5fa0" + "60019003" + "80" + "6003" + "57"
    target = "0x" + "e1" * 20
    loop = asyncio.get_running_loop()

    def send():
        ask(setting.port, "anvil_setCode", target, code)
        for _ in range(count):
            ask(setting.port, "eth_sendTransaction", {"from": FUNDED, "to": target, "gas": hex(1_000_000)})
        until = time.monotonic() + 120
        while int(ask(setting.port, "txpool_status")["pending"], 16) > 0:
            expect(time.monotonic() < until, "no blocks are made any more")
            time.sleep(0.05)

    await loop.run_in_executor(None, send)


def handshake(*more):
    return (
        "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: "
        + base64.b64encode(os.urandom(16)).decode()
        + "\r\n"
        + "".join(line + "\r\n" for line in more)
        + "\r\n"
    ).encode()


def frame(payload, opcode=1, is_last=True):
    size = len(payload)
    begin = bytes([opcode | (0x80 if is_last else 0)])
    if size < 126:
        begin += bytes([0x80 | size])
    elif size < 65_536:
        begin += b"\xfe" + struct.pack(">H", size)
    else:
        begin += b"\xff" + struct.pack(">Q", size)
    return begin + bytes(4) + payload


async def websocket(port, place=0, buffer=None):
    reader, writer = await connect(port, place, buffer)
    writer.write(handshake())
    answer = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 30)
    if b" 101 " not in answer:
        writer.close()
        return None
    return reader, writer


async def message(reader, seconds=60):
    """The next text of a WebSocket."""
    while True:
        begin = await asyncio.wait_for(reader.readexactly(2), seconds)
        size = begin[1]
        if size == 126:
            size = struct.unpack(">H", await reader.readexactly(2))[0]
        elif size == 127:
            size = struct.unpack(">Q", await reader.readexactly(8))[0]
        payload = await asyncio.wait_for(reader.readexactly(size), seconds)
        if begin[0] & 15 == 1:
            return json.loads(payload)
        expect(begin[0] & 15 != 8, f"closed: {payload[2:]}")
