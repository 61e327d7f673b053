"""Connections that cost the node something and bring it nothing."""

import asyncio
import time

from attacker import (
    PATIENCE,
    all_of,
    connect,
    cut,
    exchange,
    expect,
    rest,
    whole,
)
from target import FUNDED, request


async def idle_connections(setting):
    """open and say nothing; all are closed in time"""
    ends = []
    for place in range(setting.count(100)):
        reader, writer = await connect(setting.port, place)
        ends.append((reader, writer))
    for reader, writer in ends:
        expect(await rest(reader) == b"", "who says nothing is answered")
        writer.close()


async def idle_connections_from_one_address(setting):
    """more than one address may have; the client that behaves, from the same address, stays"""
    ends = []
    for _ in range(setting.count(50)):
        ends.append(await asyncio.open_connection("127.0.0.1", setting.port))
    for reader, writer in ends:
        expect(await rest(reader) == b"", "who says nothing is answered")
        writer.close()


async def slow_heads_and_bodies(setting):
    """a byte from time to time; steady bytes make a request no longer than allowed"""
    slow = whole(b" " * 1000 + request("eth_chainId"))
    length = slow.index(b"\r\n\r\n") + 4

    async def dribble(place):
        reader, writer = await connect(setting.port, place)
        start = time.monotonic()
        sent = 0 if place % 2 else length
        writer.write(slow[:sent])
        end = asyncio.create_task(rest(reader, 60))
        while not end.done():
            writer.write(slow[sent : sent + 1])
            sent += 1
            await asyncio.wait([end], timeout=0.5)
        took = time.monotonic() - start
        writer.close()
        expect(b"result" not in await end, "a slow request is answered")
        expect(took < 2 * PATIENCE + 5, f"a slow request is let go on for {took:.0f} s")

    await all_of(dribble(place) for place in range(setting.count(40, 4000)))


async def half_closed_and_broken_connections(setting):
    """the end of what is sent is no end of the connection; resets at every point"""
    good = whole(request("eth_chainId"))
    # It is done although nobody waits for it any more, and others of its kind wait: not too much of it.
    loop = {"to": FUNDED, "gas": hex(500_000)}
    endless = request("eth_call", loop, "latest", {FUNDED: {"code": "0x5b5f56"}})

    async def one(place):
        if place % 4 == 0:
            # Some servers answer here, some close; nothing may be left over.
            await exchange(setting.port, good, half_close=True)
            return
        reader, writer = await connect(setting.port, place)
        if place % 4 == 1:
            writer.write(good[: place % len(good)])
            try:
                writer.write_eof()
            except OSError:
                # It made room for others before.
                pass
            await rest(reader)
            writer.close()
        elif place % 4 == 2:
            writer.write(good[: place % len(good)])
            await asyncio.sleep(0.01)
            cut(writer)
        else:
            # Asks, and is gone before the answer.
            writer.write(whole(endless))
            await asyncio.sleep(0.01)
            cut(writer)

    total = setting.count(100)
    for start in range(0, total, 1000):
        await all_of(one(place) for place in range(start, min(total, start + 1000)))


async def answers_that_nobody_reads(setting):
    """large answers to clients that do not take them"""
    # 400,000 bytes, 30 times: 24 MB as text.
    single = request("eth_call", {"to": FUNDED}, "latest", {FUNDED: {"code": "0x62061a805ff3"}})
    many = ("[" + ",".join([single.decode()] * 30) + "]").encode()
    ends = []
    for place in range(setting.count(5, 400)):
        _, writer = await connect(setting.port, place, buffer=4096)
        writer.transport.pause_reading()
        writer.write(whole(many))
        ends.append(writer)
    await asyncio.sleep(2)
    for writer in ends:
        cut(writer)


ABUSES = [
    idle_connections,
    idle_connections_from_one_address,
    slow_heads_and_bodies,
    half_closed_and_broken_connections,
    answers_that_nobody_reads,
]
