"""Who is not the consensus client, at its port."""

import asyncio
import base64
import json
import time

from attacker import connect, cut, exchange, expect, head, whole
from target import request, token


async def tokens_that_are_none(setting):
    """missing, stale, forged; nothing of what comes with them is taken"""
    port = setting.node.engine_port
    ordinary = request("eth_chainId")
    wrong = {
        "missing": None,
        "empty": "Bearer ",
        "no token": "Bearer x",
        "another scheme": token().replace("Bearer", "Basic"),
        "stale": token(age=61),
        "from the future": token(age=-61),
        "of another secret": token(bytes(32)),
        "without a signature": token().rpartition(".")[0] + ".",
        "of no algorithm": token(header={"alg": "none"}),
        "of another algorithm": token(header={"alg": "RS256"}),
        "expired": token(exp=int(time.time()) - 1),
        "without a time": token(iat=None),
        "endless": "Bearer " + "a" * 20_000,
        "deep": "Bearer " + base64.urlsafe_b64encode(b"[" * 9000).decode() + ".e30.e30",
    }
    for _ in range(setting.count(2, 100)):
        for name, value in wrong.items():
            lines = [] if value is None else ["Authorization: " + value]
            status, text = await exchange(port, whole(ordinary, *lines))
            expect(status in (401, 431), f"token {name}: {status} {text[:100]}")
    status, text = await exchange(port, whole(ordinary, "Authorization: " + token()))
    expect(status == 200 and "result" in text, f"the right token: {status}")
    status, _ = await exchange(port, whole(ordinary, "Authorization: " + token(), host="evil.example"))
    expect(status == 403, f"a foreign host: {status}")
    # 100 MB of whom nobody knows are not kept.
    large = b" " * (100 << 20)
    status, _ = await exchange(port, whole(large))
    expect(status in (0, 401), f"a large body without a token: {status}")
    status, _ = await exchange(port, head(600 << 20, "Authorization: " + token()))
    expect(status in (0, 413), f"too large a body: {status}")
    # Nor does JSON-RPC for everybody know what is the consensus client's.
    status, text = await exchange(setting.port, whole(request("engine_exchangeCapabilities", [])))
    expect("error" in json.loads(text), "the Engine API is there for everybody")


async def idle_engine_connections(setting):
    """open and say nothing at the consensus client's port"""
    ends = []
    for place in range(setting.count(50, 5000)):
        ends.append(await connect(setting.node.engine_port, place))
        if place % 2:
            ends[-1][1].write(head(1000))
    await asyncio.sleep(1)
    for _, writer in ends:
        cut(writer)


ABUSES = [tokens_that_are_none, idle_engine_connections]
