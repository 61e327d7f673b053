"""Transactions of all types, signed by eth_account and sent by web3.py, mined and read back."""

import functools
import hashlib
import json
import pathlib
import unittest

import ckzg
import rlp
from eth_account import Account
from eth_account.typed_transactions.base import TRUSTED_SETUP
from web3 import Web3
from web3.exceptions import Web3RPCError

from node import Node

KEY = "0x7c852118294e51e653712a81e05800f419141751be58f605c371e15141b007a6"
COUNTER = json.loads(
    (pathlib.Path(__file__).parents[2] / "Examples/Web3py/Counter.json").read_text()
)
GWEI = 10**9
FEES = {"maxFeePerGas": 3 * GWEI, "maxPriorityFeePerGas": GWEI}
# Field elements of 32 bytes, each below the modulus.
BLOBS = [bytes(31) + bytes([number]) + bytes(32 * 4095) for number in (1, 2)]
SLOTS = ["0x" + "00" * 31 + "01", "0x" + "ff" * 32]


@functools.cache
def signed_blobs():
    """The parts of a transaction with two blobs as EIP-7594 puts them; eth_account takes seconds for it."""
    transaction = {
        "type": 3,
        "chainId": 31337,
        "nonce": 0,
        "gas": 21_000,
        "to": "0x" + "77" * 20,
        "maxFeePerBlobGas": 2 * GWEI,
        **FEES,
    }
    signed = Account.from_key(KEY).sign_transaction(transaction, blobs=BLOBS)
    return rlp.decode(signed.raw_transaction[1:])


class TransactionTests(unittest.TestCase):
    def start(self, *options):
        self.node = Node(*options)
        self.addCleanup(self.stop)
        self.web3 = Web3(Web3.HTTPProvider(self.node.url))
        self.eth = self.web3.eth
        self.signer = Account.from_key(KEY)

    def stop(self):
        self.assertEqual(self.node.stop(), 0)

    def mine(self, type, transaction):
        """Signs and sends; transaction and receipt as the node gives them, held against what was signed."""
        filled = {
            "chainId": 31337,
            "nonce": self.eth.get_transaction_count(self.signer.address),
            "gas": 100_000,
            "to": "0x" + "77" * 20,
            "value": 0,
            "data": "0x",
            **transaction,
        }
        signed = self.signer.sign_transaction(filled)
        self.assertEqual(self.eth.send_raw_transaction(signed.raw_transaction), signed.hash)
        receipt = self.eth.wait_for_transaction_receipt(signed.hash, timeout=20, poll_latency=0.01)
        found = self.eth.get_transaction(signed.hash)
        for given in (found, receipt):
            self.assertEqual(given["type"], type)
            self.assertEqual(given["from"], self.signer.address)
            self.assertEqual(given["to"].lower(), filled["to"].lower())
            self.assertEqual(given["transactionIndex"], 0)
        self.assertEqual(receipt["transactionHash"], signed.hash)
        self.assertEqual(found["hash"], signed.hash)
        self.assertEqual(found["blockHash"], receipt["blockHash"])
        self.assertEqual(found["input"].hex(), filled["data"][2:])
        for name in ("nonce", "gas", "value"):
            self.assertEqual(found[name], filled[name], name)
        self.assertEqual((found["r"].to_0x_hex(), found["s"].to_0x_hex()), self.words(signed))
        if type > 0:
            self.assertEqual(found["chainId"], 31337)
            self.assertEqual(found["yParity"], found["v"])
            self.assertEqual(found["v"], signed.v)
            self.assertEqual(
                [
                    {"address": entry["address"], "storageKeys": entry["storageKeys"]}
                    for entry in found["accessList"]
                ],
                filled.get("accessList", []),
            )
        block = self.eth.get_block(receipt["blockNumber"])
        self.assertEqual(block["hash"], receipt["blockHash"])
        self.assertEqual(block["transactions"], [signed.hash])
        if type >= 2:
            price = min(filled["maxFeePerGas"], block["baseFeePerGas"] + filled["maxPriorityFeePerGas"])
            self.assertEqual(found["maxFeePerGas"], filled["maxFeePerGas"])
            self.assertEqual(found["maxPriorityFeePerGas"], filled["maxPriorityFeePerGas"])
        else:
            price = filled["gasPrice"]
        self.assertEqual(found["gasPrice"], price)
        self.assertEqual(receipt["effectiveGasPrice"], price)
        self.assertEqual(receipt["status"], 1)
        self.assertEqual(receipt["gasUsed"], receipt["cumulativeGasUsed"])
        return found, receipt

    @staticmethod
    def words(signed):
        # web3.py formats both as words.
        return tuple("0x" + number.to_bytes(32).hex() for number in (signed.r, signed.s))

    def test_those_without_a_type_are_protected_by_the_chains_number(self):
        self.start()
        found, receipt = self.mine(0, {"gasPrice": 2 * GWEI, "value": 7})
        self.assertIn(found["v"], (31337 * 2 + 35, 31337 * 2 + 36))
        self.assertEqual(receipt["gasUsed"], 21_000)

    def test_access_lists_are_paid_for_and_given_back(self):
        self.start()
        entries = [
            {"address": self.eth.accounts[1], "storageKeys": SLOTS},
            {"address": self.eth.accounts[2], "storageKeys": []},
        ]
        _, receipt = self.mine(1, {"type": 1, "gasPrice": 2 * GWEI, "accessList": entries})
        self.assertEqual(receipt["gasUsed"], 21_000 + 2 * 2400 + 2 * 1900)
        _, receipt = self.mine(2, {"type": 2, **FEES, "accessList": entries})
        self.assertEqual(receipt["gasUsed"], 21_000 + 2 * 2400 + 2 * 1900)

    def test_fees_are_base_fee_and_tip(self):
        self.start()
        before = self.eth.get_balance(self.signer.address)
        # Data that is never executed costs by its tokens.
        _, receipt = self.mine(2, {"type": 2, **FEES, "value": 5, "data": "0x0001"})
        self.assertEqual(receipt["gasUsed"], 21_000 + 10 * (1 + 4))
        paid = receipt["gasUsed"] * receipt["effectiveGasPrice"]
        self.assertEqual(self.eth.get_balance(self.signer.address), before - paid - 5)
        # The tip cannot be more than there is room for above the base fee.
        tight = {"maxFeePerGas": 3 * GWEI, "maxPriorityFeePerGas": 3 * GWEI}
        self.mine(2, {"type": 2, **tight})

    def check_blobs(self, hash, commitments):
        receipt = self.eth.wait_for_transaction_receipt(hash, timeout=20, poll_latency=0.01)
        found = self.eth.get_transaction(hash)
        self.assertEqual((found["type"], receipt["type"]), (3, 3))
        self.assertEqual(found["from"], self.signer.address)
        self.assertEqual(
            [hash.hex() for hash in found["blobVersionedHashes"]],
            ["01" + hashlib.sha256(commitment).hexdigest()[2:] for commitment in commitments],
        )
        self.assertEqual(found["maxFeePerBlobGas"], 2 * GWEI)
        self.assertEqual(receipt["status"], 1)
        self.assertEqual(receipt["blobGasUsed"], 2 * 131_072)
        self.assertEqual(receipt["blobGasPrice"], 1)
        block = self.eth.get_block(receipt["blockNumber"])
        self.assertEqual(block["blobGasUsed"], 2 * 131_072)
        self.assertEqual(block["excessBlobGas"], 0)
        # The blobs are not in the block, nor in what is asked for later.
        self.assertLess(block["size"], 2000)
        self.assertEqual(Web3.keccak(self.eth.get_raw_transaction(hash)), hash)

    def test_blobs_come_with_their_cell_proofs(self):
        self.start()
        body, version, blobs, commitments, proofs = signed_blobs()
        swapped = [proofs[1], proofs[0], *proofs[2:]]
        for wrong in (
            # As it stands in a block, as before Osaka, with one proof for another, without the last blob.
            body,
            [body, blobs, commitments, proofs[:2]],
            [body, version, blobs, commitments, swapped],
            [body, version, blobs[:1], commitments[:1], proofs[:128]],
        ):
            with self.assertRaises(Web3RPCError):
                self.eth.send_raw_transaction(b"\x03" + rlp.encode(wrong))
        self.assertEqual(self.eth.get_transaction_count(self.signer.address, "pending"), 0)
        sent = [body, version, blobs, commitments, proofs]
        hash = self.eth.send_raw_transaction(b"\x03" + rlp.encode(sent))
        # eth_account's own hash is one of the blobs, too.
        self.assertEqual(hash, Web3.keccak(b"\x03" + rlp.encode(body)))
        self.check_blobs(hash, commitments)

    def test_blobs_come_with_a_proof_each_before_osaka(self):
        self.start("--hardfork", "prague")
        body, _, blobs, commitments, _ = signed_blobs()
        setup = ckzg.load_trusted_setup(TRUSTED_SETUP, 0)
        proofs = [
            ckzg.compute_blob_kzg_proof(blob, commitment, setup)
            for blob, commitment in zip(blobs, commitments)
        ]
        sent = [body, blobs, commitments, proofs]
        hash = self.eth.send_raw_transaction(b"\x03" + rlp.encode(sent))
        self.check_blobs(hash, commitments)

    def test_accounts_take_over_the_code_of_others(self):
        self.start()
        factory = self.eth.contract(abi=COUNTER["abi"], bytecode=COUNTER["bytecode"])
        sent = factory.constructor(40).transact({"from": self.eth.accounts[0]})
        counter = self.eth.wait_for_transaction_receipt(sent, poll_latency=0.01)["contractAddress"]
        authority = Account.from_key("0x" + "42" * 32)
        authorizations = [
            authority.sign_authorization({"chainId": 31337, "address": counter, "nonce": 0}),
            # Not for this chain: passed over.
            authority.sign_authorization({"chainId": 1, "address": counter, "nonce": 1}),
        ]
        found, receipt = self.mine(
            4,
            {
                "type": 4,
                "to": authority.address,
                "data": self.web3.eth.contract(abi=COUNTER["abi"]).encode_abi("add", [2]),
                "gas": 200_000,
                "authorizationList": authorizations,
                **FEES,
            },
        )
        for given, signed in zip(found["authorizationList"], authorizations, strict=True):
            self.assertEqual(given["chainId"], signed.chain_id)
            self.assertEqual(given["address"], counter)
            self.assertEqual(given["nonce"], signed.nonce)
            self.assertEqual(given["yParity"], signed.y_parity)
            self.assertEqual((given["r"], given["s"]), (signed.r, signed.s))
        self.assertEqual(self.eth.get_code(authority.address).hex(), "ef0100" + counter[2:].lower())
        self.assertEqual(self.eth.get_transaction_count(authority.address), 1)
        # What it did, it did in its own storage; the constructor's 40 is the other's.
        own = self.eth.contract(address=authority.address, abi=COUNTER["abi"])
        self.assertEqual(own.functions.count().call(), 2)
        (event,) = own.events.Counted().process_receipt(receipt)
        self.assertEqual(event["address"], authority.address)


if __name__ == "__main__":
    unittest.main()
