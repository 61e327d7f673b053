"""web3.py against a development chain."""

import json
import pathlib
import unittest

from eth_account import Account
from eth_account.messages import encode_typed_data
from web3 import Web3
from web3.exceptions import ContractLogicError

from node import Node

KEY = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80"
COUNTER = json.loads(
    (pathlib.Path(__file__).parents[2] / "Examples/Web3py/Counter.json").read_text()
)


class Web3Tests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.node = Node()
        cls.web3 = Web3(Web3.HTTPProvider(cls.node.url))
        cls.eth = cls.web3.eth
        cls.signer = Account.from_key(KEY)

    @classmethod
    def tearDownClass(cls):
        assert cls.node.stop() == 0

    def ask(self, method, *parameters):
        answer = self.web3.provider.make_request(method, list(parameters))
        if "error" in answer:
            raise ValueError(answer["error"])
        return answer["result"]

    def wait(self, hash):
        return self.eth.wait_for_transaction_receipt(hash, timeout=20, poll_latency=0.01)

    def send(self, transaction):
        """Signs here and sends; the receipt."""
        filled = {
            "chainId": 31337,
            "nonce": self.eth.get_transaction_count(self.signer.address),
            "gas": 100_000,
            **transaction,
        }
        signed = self.signer.sign_transaction(filled)
        receipt = self.wait(self.eth.send_raw_transaction(signed.raw_transaction))
        self.assertEqual(receipt["status"], 1)
        self.assertEqual(receipt["type"], transaction.get("type", 0))
        return receipt

    def deploy(self, start):
        factory = self.eth.contract(abi=COUNTER["abi"], bytecode=COUNTER["bytecode"])
        receipt = self.wait(factory.constructor(start).transact({"from": self.eth.accounts[1]}))
        return self.eth.contract(address=receipt["contractAddress"], abi=COUNTER["abi"])

    def test_accounts_are_there_and_funded(self):
        self.assertTrue(self.web3.is_connected())
        self.assertEqual(self.eth.chain_id, 31337)
        self.assertEqual(len(self.eth.accounts), 10)
        self.assertEqual(self.eth.accounts[0], self.signer.address)
        self.assertEqual(self.eth.get_balance(self.eth.accounts[9]), 10_000 * 10**18)

    def test_contracts_are_deployed_called_and_heard(self):
        counter = self.deploy(40)
        receipt = self.wait(counter.functions.add(2).transact({"from": self.eth.accounts[1]}))
        self.assertEqual(counter.functions.count().call(), 42)
        self.assertEqual(counter.functions.count().call(block_identifier=receipt["blockNumber"] - 1), 40)
        (event,) = counter.events.Counted().process_receipt(receipt)
        self.assertEqual((event["args"]["who"], event["args"]["count"]), (self.eth.accounts[1], 42))
        (found,) = counter.events.Counted().get_logs(from_block=receipt["blockNumber"])
        self.assertEqual(found["transactionHash"], receipt["transactionHash"])
        with self.assertRaisesRegex(ContractLogicError, "nothing to add"):
            counter.functions.add(0).call()

    def test_filters_see_what_comes(self):
        try:
            filter = self.eth.filter("latest")
        except Exception as error:
            self.skipTest(f"the node has no filters: {error}")
        self.send({"to": self.eth.accounts[2], "gasPrice": 3 * 10**9})
        self.assertEqual(filter.get_new_entries(), [self.eth.get_block("latest")["hash"]])

    def test_structured_data_is_signed_as_eth_account_signs_it(self):
        data = {
            "types": {
                "EIP712Domain": [{"name": "name", "type": "string"}, {"name": "chainId", "type": "uint256"}],
                "Node": [
                    {"name": "value", "type": "int64"},
                    {"name": "tags", "type": "bytes4[]"},
                    {"name": "next", "type": "Node"},
                ],
            },
            "primaryType": "Node",
            "domain": {"name": "test", "chainId": 31337},
            "message": {
                "value": -1,
                "tags": ["0x01020304", "0xffffffff"],
                "next": {"value": 2**63 - 1, "tags": [], "next": None},
            },
        }
        expected = self.signer.sign_message(encode_typed_data(full_message=data)).signature
        self.assertEqual(
            self.ask("eth_signTypedData_v4", self.signer.address, data), "0x" + expected.hex()
        )

    def test_the_state_is_edited_and_brought_back(self):
        someone = Web3.to_checksum_address("0x" + "77" * 20)
        snapshot = self.ask("evm_snapshot")
        self.ask("anvil_setBalance", someone, hex(10**18))
        self.ask("anvil_impersonateAccount", someone)
        receipt = self.wait(
            self.eth.send_transaction({"from": someone, "to": self.eth.accounts[0], "value": 5})
        )
        self.assertEqual(receipt["from"], someone)
        self.assertTrue(self.ask("evm_revert", snapshot))
        self.assertEqual(self.eth.get_balance(someone), 0)

    def test_the_clock_is_moved(self):
        before = self.eth.get_block("latest")["timestamp"]
        self.ask("evm_increaseTime", 3600)
        self.ask("evm_mine")
        self.assertGreaterEqual(self.eth.get_block("latest")["timestamp"], before + 3600)


if __name__ == "__main__":
    unittest.main()
