"""Requests that are none, or too much of one."""

import gzip
import json
import os

from attacker import (
    PATIENCE,
    all_of,
    connect,
    exchange,
    expect,
    handshake,
    head,
    rest,
    whole,
)
from target import FUNDED, post, request


async def oversized_bodies(setting):
    """announced, unannounced, and lied about"""
    large = b" " * (6 << 20)
    chunked = head(None, "Transfer-Encoding: chunked")
    chunk = b"100000\r\n" + b" " * (1 << 20) + b"\r\n"
    for _ in range(setting.count(2, 40)):
        results = await all_of(
            [
                exchange(setting.port, whole(large)),
                exchange(setting.port, chunked + chunk * 7 + b"0\r\n\r\n"),
                exchange(setting.port, head(10**17)),
            ]
        )
        expect([status for status, _ in results] == [413] * 3, f"oversized bodies: {results}")
    for length in ("-1", "abc", "99999999999999999999999999"):
        status, _ = await exchange(setting.port, head(length) + b"{}")
        expect(status in (0, 400, 413), f"Content-Length {length}: {status}")
    # Never more than all clients together may send: each keeps 4 MiB there and stops.
    ends = []
    for place in range(setting.count(4, 200)):
        reader, writer = await connect(setting.port, place)
        writer.write(head(5 << 20) + b" " * (4 << 20))
        ends.append((reader, writer))
    for reader, writer in ends:
        await rest(reader)
        writer.close()


async def oversized_batches(setting):
    """too many requests, too large an answer, nothing at all"""
    single = request("eth_chainId").decode()
    for _ in range(setting.count(2, 100)):
        _, text = post(setting.port, ("[" + ",".join([single] * 1001) + "]").encode())
        expect(json.loads(text)[0]["error"]["message"] == "batch too large", text[:200])
    expect(json.loads(post(setting.port, b"[]")[1])["error"]["code"] == -32600, "an empty batch")
    # Calls that give back a word 25,000 times: 0.8 MB, 1.6 MB as text.
    large = request("eth_call", {"to": FUNDED}, "latest", {FUNDED: {"code": "0x620c35005ff3"}}).decode()
    _, text = await exchange(setting.port, whole(("[" + ",".join([large] * 100) + "]").encode()))
    codes = [answer.get("error", {}).get("code") for answer in json.loads(text)]
    expect(codes[0] is None and codes[-1] == -32003, f"a large answer: {codes[:3]} {codes[-3:]}")
    expect(len(text) < 27 << 20, f"an answer of {len(text)} bytes")


async def what_is_no_json(setting):
    """deep, broken, not in UTF-8, or compressed"""
    megabytes = 5 << 20
    for body in (
        b"[" * (megabytes - 1),
        b'{"a":' * (megabytes // 6),
        b"[" * 100_000 + b"]" * 100_000,
        b'{"jsonrpc":"2.0","id":1,"method":"eth_call","params":' + b"[" * 500 + b"]" * 500 + b"}",
        b'{"jsonrpc":"2.0","id":"\xff\xfe","method":"eth_chainId"}',
        b'{"jsonrpc":"2.0","id":1,"method":"\xed\xa0\x80"}',
        b'{"jsonrpc":"2.0","id":1,"method":"\\ud800"}',
        b"\x00" * 1000,
        b"\xef\xbb\xbf{}x",
        b'"' + b"x" * (megabytes - 2),
        b"1" * (megabytes - 1),
        b"",
    ):
        for _ in range(setting.count(1, 20)):
            status, text = await exchange(setting.port, whole(body))
            expect(status == 200, f"{body[:40]}: {status}")
            answer = json.loads(text)
            expect(answer["error"]["code"] in (-32700, -32600, -32601), f"{body[:40]}: {text[:200]}")
    bomb = gzip.compress(b" " * (64 << 20))
    status, _ = await exchange(setting.port, whole(bomb, "Content-Encoding: gzip"))
    expect(status == 415, f"a compressed request: {status}")


async def what_is_no_http(setting):
    """noise, endless headers, two lengths, another protocol's greeting"""
    noises = []
    for data in (
        os.urandom(4096).replace(b"\n", b"x") + b"\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + os.urandom(500) + b"\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"POST / HTTP/1.1\r\n" + b"X: y\r\n" * 100_000 + b"\r\n",
        b"POST / HTTP/1.1\r\nHost: localhost\r\nX: " + b"y" * (2 << 20) + b"\r\n\r\n",
        b"POST /" + b"a" * (1 << 20) + b" HTTP/1.1\r\n\r\n",
        head(5, "Content-Length: 7") + b"{}{}{}",
        head(5, "Transfer-Encoding: chunked") + b"ffffffffffffffff\r\n{}\r\n0\r\n\r\n",
        b"\r\n" * 10_000,
    ):
        for _ in range(setting.count(1, 50)):
            noises.append(exchange(setting.port, data, seconds=PATIENCE + 20))
    for status, text in await all_of(noises):
        expect(status in (0, 200) or 400 <= status < 600, f"{status}: {text[:100]}")


async def foreign_hosts_and_origins(setting):
    """pages of others, and names that lead here"""
    ordinary = request("eth_accounts")
    for host in ("evil.example", "evil.example:80", "localhost.evil.example", "127.0.0.1.evil.example"):
        status, text = await exchange(setting.port, whole(ordinary, host=host))
        expect(status == 403 and FUNDED.lower() not in text.lower(), f"Host {host}: {status}")
    for origin in ("http://evil.example", "null", "https://localhost.evil.example"):
        status, _ = await exchange(setting.port, handshake(f"Origin: {origin}"))
        expect(status == 403, f"a WebSocket from {origin}: {status}")
        reader, writer = await connect(setting.port)
        writer.write(whole(ordinary, f"Origin: {origin}", "Connection: close"))
        answer = await rest(reader)
        writer.close()
        expect(b"Access-Control-Allow-Origin" not in answer, f"pages of {origin} may read")
    # What a page may send without asking first is not taken.
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
        status, _ = await exchange(setting.port, whole(ordinary, type=kind))
        expect(status == 415, f"{kind}: {status}")


ABUSES = [
    oversized_bodies,
    oversized_batches,
    what_is_no_json,
    what_is_no_http,
    foreign_hosts_and_origins,
]
