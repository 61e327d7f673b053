"""Requests that make work."""

import json
import os

from attacker import all_of, emit, exchange, expect, whole
from target import FUNDED, request

# JUMPDEST, PUSH0, JUMP.
LOOP = "0x5b5f56"


def call(code, data="0x", gas=None, method="eth_call"):
    fields = {"to": FUNDED, "input": data}
    if gas:
        fields["gas"] = hex(gas)
    overrides = {FUNDED: {"code": code}}
    if method.startswith("debug_"):
        return request(method, fields, "latest", {"stateOverrides": overrides})
    return request(method, fields, "latest", overrides)


def code_of(*parts):
    return "0x" + "".join(parts)


def modexp(length):
    """Runs modexp over and over: base and modulus of so many bytes, an exponent of eight."""
    # CALLDATACOPY all, then for ever: STATICCALL(gas, 5, 0, size, 0, 0), POP.
    code = code_of("365f5f37", "5b", "5f5f365f60055afa50", "600456")
    operands = length.to_bytes(32) + (8).to_bytes(32) + length.to_bytes(32)
    operands += b"\xff" * (2 * length + 8)
    return code, "0x" + operands.hex()


async def endless_and_costly_calls(setting):
    """loops, memory, modular powers, hashes, as calls, estimates, traces and access lists"""
    # Memory in each of a thousand nested calls: 100 KiB, then itself with all gas.
    nested = code_of("5f62019000", "52", "5f5f5f5f5f305af1", "00")
    bombs = [
        call(LOOP),
        call(LOOP, gas=1 << 62),
        call(code_of("5b", "5a5a52", "5f56")),
        call(code_of("6001", "5b", "80", "02", "80", "5f", "90", "52", "600256")),
        call(nested),
        call(code_of("5b", "62100000", "5f", "20", "50", "5f56")),
        call(*modexp(1024)),
        call(*modexp(32)),
        call(code_of("5b", "5f5f5f5f60015afa50", "5f56")),
        call(LOOP, method="eth_estimateGas"),
        call(*modexp(1024), method="eth_estimateGas"),
        call(LOOP, method="debug_traceCall"),
        call(LOOP, method="eth_createAccessList"),
        request(
            "eth_simulateV1",
            {"blockStateCalls": [{"stateOverrides": {FUNDED: {"code": LOOP}}, "calls": [{"to": FUNDED}] * 20}] * 10},
            "latest",
        ),
        request(
            "debug_traceCall", {"to": FUNDED}, "latest",
            {"enableMemory": True, "enableReturnData": True, "stateOverrides": {FUNDED: {"code": code_of("621000005f52", "5b", "600656")}}},
        ),
    ]

    async def one(body):
        status, text = await exchange(setting.port, whole(body), seconds=300)
        expect(status == 200, f"{body[:300]}: {status} {text[:100]}")
        answer = json.loads(text)
        expect("error" in answer or "result" in answer, text[:200])

    for _ in range(setting.count(1, 10)):
        await all_of(one(body) for body in bombs)


async def batches_of_costly_calls(setting):
    """as many as a batch may have, from more clients than there are threads"""
    calls = [call(LOOP).decode(), call(*modexp(1024)).decode()] * setting.count(5, 400)
    batch = ("[" + ",".join(calls) + "]").encode()

    async def one():
        status, text = await exchange(setting.port, whole(batch), seconds=300)
        expect(status == 200, f"a batch of loops: {status}")
        expect(all("error" in answer for answer in json.loads(text)), "a loop has an end")

    await all_of(one() for _ in range(setting.count(6, 12)))


async def logs_of_everything(setting):
    """eth_getLogs from the first block to the last, over and over"""
    everything = request("eth_getLogs", {"fromBlock": "0x0", "toBlock": "latest"})

    async def one(body):
        status, text = await exchange(setting.port, whole(body), seconds=120)
        expect(status == 200 and len(text) < 40 << 20, f"{status}, {len(text)} bytes")
        return text

    # 500 logs of each call: first as many as fit, then more.
    await emit(setting, 4)
    texts = await all_of(one(everything) for _ in range(setting.count(4, 100)))
    expect(all(text.startswith('{"jsonrpc":"2.0","id":1,"result":[') for text in texts), texts[0][:200])
    await emit(setting, 40)
    texts = await all_of(one(everything) for _ in range(setting.count(4, 100)))
    expect(all("more than 20000 results" in text for text in texts), texts[0][:200])
    await one(("[" + ",".join([everything.decode()] * setting.count(5, 1000)) + "]").encode())
    for wrong in ({"address": [FUNDED] * 1001}, {"topics": [None] * 5}, {"topics": [["0x" + "00" * 32] * 1001]}):
        expect("error" in await one(request("eth_getLogs", wrong)), f"{list(wrong)}")


async def transactions_that_are_none(setting):
    """noise, large ones, and those that nobody can pay"""
    bodies = [
        request("eth_sendRawTransaction", "0x" + os.urandom(size).hex()) for size in (0, 1, 100, 2 << 20)
    ]
    bodies += [request("eth_sendRawTransaction", "0x02" + "f8" * 1000), request("eth_sendRawTransaction", "0x" + "c0" * 200_000)]
    bodies += [request("eth_sendRawTransaction", "0x" + "f9ffff" * 100_000)]
    for _ in range(setting.count(1, 50)):
        for status, text in await all_of(exchange(setting.port, whole(body)) for body in bodies):
            expect(status == 200 and "error" in json.loads(text), f"{status} {text[:200]}")


ABUSES = [
    endless_and_costly_calls,
    batches_of_costly_calls,
    logs_of_everything,
    transactions_that_are_none,
]
