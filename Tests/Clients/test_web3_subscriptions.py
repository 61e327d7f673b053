"""Subscriptions of web3.py, over WebSockets and over the unix socket."""

import asyncio
import json
import os
import pathlib
import tempfile
import unittest

from eth_account import Account
from web3 import AsyncIPCProvider, AsyncWeb3, WebSocketProvider
from web3.utils.subscriptions import (
    LogsSubscription,
    NewHeadsSubscription,
    PendingTxSubscription,
)

from node import Node

KEY = "0x5de4111afa1a4b94908f83103eb1f1706367c2e68ca870fc3fb9a804cdab365a"
COUNTER = json.loads(
    (pathlib.Path(__file__).parents[2] / "Examples/Web3py/Counter.json").read_text()
)
# Nothing here takes longer, unless it is broken.
PATIENCE = 20


class Subscriptions:
    """What holds for both ways to a node; `provider` makes the way."""

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="needletail-")
        cls.socket = os.path.join(cls.folder.name, "node.ipc")
        cls.node = Node("--ipc", cls.socket)

    @classmethod
    def tearDownClass(cls):
        assert cls.node.stop() == 0
        assert not os.path.exists(cls.socket)
        cls.folder.cleanup()

    async def asyncSetUp(self):
        self.web3 = await self.connect()
        self.eth = self.web3.eth
        self.accounts = await self.eth.accounts

    async def asyncTearDown(self):
        await self.web3.provider.disconnect()

    async def connect(self):
        web3 = AsyncWeb3(self.provider())
        await web3.provider.connect()
        self.assertTrue(await web3.is_connected())
        return web3

    async def deploy(self):
        factory = self.eth.contract(abi=COUNTER["abi"], bytecode=COUNTER["bytecode"])
        sent = await factory.constructor(1).transact({"from": self.accounts[3]})
        receipt = await self.eth.wait_for_transaction_receipt(sent, poll_latency=0.01)
        return self.eth.contract(address=receipt["contractAddress"], abi=COUNTER["abi"])

    async def add(self, counter):
        """Makes a block with one log; the receipt."""
        sent = await counter.functions.add(1).transact({"from": self.accounts[3]})
        return await self.eth.wait_for_transaction_receipt(sent, poll_latency=0.01)

    async def transfer(self):
        """Sends what was signed here; the hash."""
        signer = Account.from_key(KEY)
        signed = signer.sign_transaction(
            {
                "chainId": 31337,
                "nonce": await self.eth.get_transaction_count(signer.address),
                "gas": 21_000,
                "to": self.accounts[4],
                "maxFeePerGas": 3 * 10**9,
                "maxPriorityFeePerGas": 10**9,
            }
        )
        return await self.eth.send_raw_transaction(signed.raw_transaction)

    async def hear(self, web3, count):
        """The next so many pieces of news, by the subscriptions' names."""
        news = {}

        async def listen():
            async for message in web3.socket.process_subscriptions():
                news.setdefault(message["subscription"], []).append(message["result"])
                if sum(map(len, news.values())) == count:
                    return

        await asyncio.wait_for(listen(), PATIENCE)
        return news

    async def test_heads_logs_and_waiting_transactions_are_told(self):
        counter = await self.deploy()
        other = await self.deploy()
        heads = await self.eth.subscribe("newHeads")
        logs = await self.eth.subscribe("logs", {"address": counter.address})
        silent = await self.eth.subscribe("logs", {"address": other.address})
        hashes = await self.eth.subscribe("newPendingTransactions")
        full = await self.eth.subscribe("newPendingTransactions", True)
        self.assertEqual(len({heads, logs, silent, hashes, full}), 5)

        receipt = await self.add(counter)
        news = await self.hear(self.web3, 4)
        self.assertEqual(set(news), {heads, logs, hashes, full})
        (head,) = news[heads]
        block = await self.eth.get_block(receipt["blockNumber"])
        for name in (
            "hash", "parentHash", "stateRoot", "number", "timestamp", "gasUsed", "baseFeePerGas",
            "logsBloom", "transactionsRoot", "miner", "withdrawalsRoot", "blobGasUsed", "requestsHash",
        ):
            self.assertEqual(head[name], block[name], name)
        (log,) = news[logs]
        (expected,) = receipt["logs"]
        self.assertEqual(log, expected)
        self.assertFalse(log["removed"])
        (event,) = counter.events.Counted().process_receipt(receipt)
        self.assertEqual(event["args"]["count"], 2)
        self.assertEqual(news[hashes], [receipt["transactionHash"]])
        (waiting,) = news[full]
        self.assertEqual(waiting["hash"], receipt["transactionHash"])
        self.assertEqual(waiting["from"], self.accounts[3])

        # What is not wanted any more is not told any more.
        for name in (logs, silent, hashes, full):
            self.assertTrue(await self.eth.unsubscribe(name))
        receipt = await self.add(counter)
        news = await self.hear(self.web3, 1)
        self.assertEqual([head["hash"] for head in news[heads]], [receipt["blockHash"]])

    async def test_handlers_are_called_in_order_while_requests_are_answered(self):
        counter = await self.deploy()
        heads, logs, waiting = [], [], []

        async def on_head(context):
            # A handler that asks the node in the middle of the news.
            block = await context.async_w3.eth.get_block(context.result["hash"])
            heads.append(block["number"])
            if len(heads) == 20:
                await context.async_w3.subscription_manager.unsubscribe_all()

        async def on_log(context):
            logs.append(context.result["blockNumber"])

        async def on_waiting(context):
            waiting.append(context.result)

        await self.web3.subscription_manager.subscribe(
            [
                PendingTxSubscription(handler=on_waiting),
                LogsSubscription(address=counter.address, handler=on_log),
                NewHeadsSubscription(handler=on_head),
            ]
        )
        handling = asyncio.create_task(self.web3.subscription_manager.handle_subscriptions())
        sender = await self.connect()
        counter = sender.eth.contract(address=counter.address, abi=COUNTER["abi"])
        sent = []
        for _ in range(20):
            hash = await counter.functions.add(1).transact({"from": self.accounts[3]})
            await sender.eth.wait_for_transaction_receipt(hash, poll_latency=0.01)
            sent.append(hash)
        await sender.provider.disconnect()
        await asyncio.wait_for(handling, PATIENCE)
        first = heads[0]
        self.assertEqual(heads, list(range(first, first + 20)))
        # The last head may be told before its log.
        self.assertEqual(logs[:19], heads[:19])
        self.assertEqual(waiting, sent)

    async def test_who_leaves_disturbs_nobody(self):
        others = [await self.connect() for _ in range(3)]
        names = {other: await other.eth.subscribe("newHeads") for other in others}
        await self.transfer()
        for other in others:
            self.assertEqual(len((await self.hear(other, 1))[names[other]]), 1)
        # One says goodbye, one is cut off in the middle of everything.
        await others[0].provider.disconnect()
        self.cut(others[1].provider)
        sent = [await self.transfer()]
        await self.eth.wait_for_transaction_receipt(sent[0], poll_latency=0.01)
        sent.append(await self.transfer())
        receipt = await self.eth.wait_for_transaction_receipt(sent[1], poll_latency=0.01)
        heads = (await self.hear(others[2], 2))[names[others[2]]]
        self.assertEqual(heads[1]["hash"], receipt["blockHash"])
        self.assertEqual(heads[1]["parentHash"], heads[0]["hash"])
        await others[2].provider.disconnect()
        await others[1].provider.disconnect()
        # Who comes back hears what is new from then on.
        again = await self.connect()
        name = await again.eth.subscribe("newPendingTransactions")
        sent = await self.transfer()
        self.assertEqual(await self.hear(again, 1), {name: [sent]})
        await again.provider.disconnect()


class WebSocketTests(Subscriptions, unittest.IsolatedAsyncioTestCase):
    def provider(self):
        return WebSocketProvider(self.node.url.replace("http:", "ws:"))

    def cut(self, provider):
        provider._ws.transport.abort()


class UnixSocketTests(Subscriptions, unittest.IsolatedAsyncioTestCase):
    def provider(self):
        return AsyncIPCProvider(self.socket)

    def cut(self, provider):
        provider._writer.transport.abort()


if __name__ == "__main__":
    unittest.main()
