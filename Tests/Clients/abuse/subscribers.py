"""WebSockets that do not read, and those that say too much."""

import asyncio
import json
import time

from attacker import all_of, cut, emit, expect, frame, message, websocket
from target import ask, post, request


async def subscribers_that_never_read(setting):
    """news of blocks and logs piles up; one who reads misses nothing"""
    deaf = []
    for place in range(setting.count(20, 1000)):
        opened = await websocket(setting.port, place, buffer=4096)
        if opened is None:
            break
        reader, writer = opened
        # From here on nothing is taken off the socket.
        writer.transport.pause_reading()
        for topic in ("newHeads", "logs", "newPendingTransactions"):
            writer.write(frame(request("eth_subscribe", topic)))
        for _ in range(20):
            writer.write(frame(request("eth_getBlockByNumber", "latest", True)))
        deaf.append(writer)
    hearing, heard = await websocket(setting.port), []
    expect(hearing is not None, "no WebSocket is left for who reads")
    hearing[1].write(frame(request("eth_subscribe", "newHeads")))
    await message(hearing[0])

    async def listen():
        while True:
            news = await message(hearing[0])
            heard.append(int(news["params"]["result"]["number"], 16))

    listening = asyncio.create_task(listen())

    first = int(ask(setting.port, "eth_blockNumber"), 16)
    await emit(setting, setting.count(10, 200))
    last = int(ask(setting.port, "eth_blockNumber"), 16)
    until = time.monotonic() + 30
    while (not heard or heard[-1] < last) and not listening.done() and time.monotonic() < until:
        await asyncio.sleep(0.01)
    listening.cancel()
    expect(heard == list(range(first + 1, last + 1)), f"{first + 1}...{last} came as {heard[:20]}")
    for writer in deaf + [hearing[1]]:
        cut(writer)
    return f"{len(deaf)} deaf, {last - first} blocks"


async def websockets_that_do_wrong(setting):
    """floods of pings, endless fragments, requests without end, more than there may be"""

    async def one(place):
        opened = await websocket(setting.port, place)
        if opened is None:
            return 1
        reader, writer = opened
        try:
            kind = place % 5
            if kind == 0:
                for _ in range(2000):
                    writer.write(frame(b"x" * 125, opcode=9))
            elif kind == 1:
                writer.write(frame(b" ", is_last=False))
                for _ in range(7):
                    writer.write(frame(b" " * (1 << 20), opcode=0, is_last=False))
            elif kind == 2:
                for _ in range(500):
                    writer.write(frame(request("eth_getBlockByNumber", "latest", True)))
            elif kind == 3:
                writer.write(b"\x81\xff\x7f" + b"\xff" * 7 + bytes(4) + b"x" * 1000)
            else:
                for _ in range(1100):
                    writer.write(frame(request("eth_subscribe", "newHeads")))
                writer.write(frame(request("eth_subscribe", "newHeads", id="last")))
                while True:
                    answer = await message(reader)
                    if answer.get("id") == "last":
                        expect(answer["error"]["code"] == -32005, f"{answer}")
                        break
            await asyncio.sleep(0.5)
        except ConnectionError:
            pass
        finally:
            cut(writer)
        return 0

    total = setting.count(20, 1500)
    refused = sum(await all_of(one(place) for place in range(total)))
    return f"{refused} of {total} refused"


async def filters_without_end(setting):
    """more than there may be; old ones make no room by being asked for"""

    def flood():
        batch = [json.loads(request("eth_newFilter", {}))] * 1000
        answers = []
        for _ in range(2):
            answers += json.loads(post(setting.port, json.dumps(batch).encode())[1])
        codes = {answer["error"]["code"] for answer in answers if "error" in answer}
        expect(codes == {-32005}, f"filters: {codes}")
        names = [answer["result"] for answer in answers if "result" in answer]
        gone = [json.loads(request("eth_uninstallFilter", name)) for name in names]
        post(setting.port, json.dumps(gone).encode())

    await asyncio.get_running_loop().run_in_executor(None, flood)


ABUSES = [subscribers_that_never_read, websockets_that_do_wrong, filters_without_end]
