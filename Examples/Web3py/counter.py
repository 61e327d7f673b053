"""Deploys a Vyper contract to a node that runs, calls it, and reads its events.

    needletail node --in-memory &
    pip install web3
    python3 Examples/Web3py/counter.py
"""

import json
import os
import pathlib

from web3 import Web3

web3 = Web3(Web3.HTTPProvider(os.environ.get("RPC_URL", "http://127.0.0.1:8545")))
# Compiled from Counter.vy beside it.
compiled = json.loads((pathlib.Path(__file__).parent / "Counter.json").read_text())

# The node signs for its accounts.
account = web3.eth.accounts[0]
contract = web3.eth.contract(abi=compiled["abi"], bytecode=compiled["bytecode"])
deployed = web3.eth.wait_for_transaction_receipt(
    contract.constructor(40).transact({"from": account}), poll_latency=0.01
)
counter = web3.eth.contract(address=deployed["contractAddress"], abi=compiled["abi"])
print("count    ", counter.functions.count().call())

added = web3.eth.wait_for_transaction_receipt(
    counter.functions.add(2).transact({"from": account}), poll_latency=0.01
)
print("count    ", counter.functions.count().call())
for event in counter.events.Counted().process_receipt(added):
    print("event    ", event["event"], event["args"]["count"])

# What does not succeed says why, before anybody pays for it.
try:
    counter.functions.add(0).call({"from": account})
except Exception as error:
    print("refused  ", error.args[0])
