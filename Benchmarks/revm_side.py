"""Runs one workload transaction in revm, through pyrevm.

What one has to know of pyrevm 0.3.7:
- fork names are capitalised; an unknown name silently means the newest fork;
- nothing is reset between calls, so every measured transaction gets an EVM of its own;
- an account set by `set_balance` and a slot set by `insert_account_storage` count as accessed and
  written in the coming transaction. Balances therefore go in with the account, and every slot is
  inserted under a snapshot that is reverted at once: the value stays, the warmth goes.
"""

import time

import pyrevm

FORKS = {"CANCUN": "Cancun", "SHANGHAI": "Shanghai"}


def number(value):
    return int(value, 16) if isinstance(value, str) else value


def octets(value):
    return bytes.fromhex(value.removeprefix("0x"))


class Workload:
    """A parsed workload of one transaction, ready to be put into fresh EVMs."""

    def __init__(self, document):
        env = document["env"]
        self.fork = FORKS[document["fork"]]
        self.block = dict(
            number=number(env["number"]),
            coinbase=env["coinbase"],
            timestamp=number(env["timestamp"]),
            prevrandao=octets(env["prevRandao"]),
            basefee=number(env["baseFee"]),
            gas_limit=number(env["gasLimit"]),
            excess_blob_gas=0,
        )
        self.accounts = []
        self.slots = []
        for address, account in document["pre"].items():
            code = octets(account["code"])
            info = dict(balance=number(account["balance"]), nonce=number(account["nonce"]))
            if code:
                info["code"] = code
            self.accounts.append((address, info))
            for slot, value in account["storage"].items():
                self.slots.append((address, number(slot), number(value)))
        (transaction,) = document["txs"]
        self.call = dict(
            caller=transaction["from"],
            to=transaction["to"],
            calldata=octets(transaction["data"]),
            value=number(transaction["value"]),
            gas=number(transaction["gas"]),
            gas_price=0,
        )

    def fresh(self):
        evm = pyrevm.EVM(spec_id=self.fork)
        evm.set_block_env(pyrevm.BlockEnv(**self.block))
        for address, info in self.accounts:
            evm.insert_account_info(address, pyrevm.AccountInfo(**info))
        for address, slot, value in self.slots:
            before = evm.snapshot()
            evm.insert_account_storage(address, slot, value)
            evm.revert(before)
        return evm

    def run(self):
        """(CPU nanoseconds, gas used, output) of one run in an EVM of its own."""
        evm = self.fresh()
        start = time.thread_time_ns()
        output = evm.message_call(**self.call)
        elapsed = time.thread_time_ns() - start
        return elapsed, evm.result.gas_used, bytes(output)
