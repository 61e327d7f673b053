"""What the executable specification makes of state tests: fills `hash`, `logs` and `expectException`."""

import json
from functools import lru_cache
from importlib import import_module

from ethereum.crypto.hash import keccak256
from ethereum.exceptions import EthereumException
from ethereum_rlp import rlp
from ethereum_types.bytes import Bytes0, Bytes20, Bytes32
from ethereum_types.numeric import U8, U64, U256, Uint

CHAIN_ID = U64(1)

# The forks by the names of the test files, without spaces.
MODULES = {
    "Frontier": "frontier",
    "Homestead": "homestead",
    "TangerineWhistle": "tangerine_whistle",
    "SpuriousDragon": "spurious_dragon",
    "Byzantium": "byzantium",
    "Petersburg": "constantinople",
    "Istanbul": "istanbul",
    "Berlin": "berlin",
    "London": "london",
    "Paris": "paris",
    "Shanghai": "shanghai",
    "Cancun": "cancun",
    "Prague": "prague",
    "Osaka": "osaka",
}

# What the suites call the reasons for which the specification refuses a transaction.
REASONS = {
    "BlobCountExceededError": "TYPE_3_TX_BLOB_COUNT_EXCEEDED",
    "BlobGasLimitExceededError": "TYPE_3_TX_MAX_BLOB_GAS_ALLOWANCE_EXCEEDED|TYPE_3_TX_BLOB_COUNT_EXCEEDED",
    "EmptyAuthorizationListError": "TYPE_4_EMPTY_AUTHORIZATION_LIST",
    "GasUsedExceedsLimitError": "GAS_ALLOWANCE_EXCEEDED",
    "InitCodeTooLargeError": "INITCODE_SIZE_EXCEEDED",
    "InsufficientBalanceError": "INSUFFICIENT_ACCOUNT_FUNDS",
    "InsufficientMaxFeePerBlobGasError": "INSUFFICIENT_MAX_FEE_PER_BLOB_GAS",
    "InsufficientMaxFeePerGasError": "INSUFFICIENT_MAX_FEE_PER_GAS",
    "InsufficientTransactionGasError": "INTRINSIC_GAS_TOO_LOW|INTRINSIC_GAS_BELOW_FLOOR_GAS_COST",
    # Only a legacy gas price below the base fee is refused without a name of its own.
    "InvalidBlock": "INSUFFICIENT_MAX_FEE_PER_GAS",
    "InvalidBlobVersionedHashError": "TYPE_3_TX_INVALID_BLOB_VERSIONED_HASH",
    "InvalidSenderError": "SENDER_NOT_EOA",
    "NoBlobDataError": "TYPE_3_TX_ZERO_BLOBS",
    "NonceMismatchError": "NONCE_MISMATCH_TOO_LOW|NONCE_MISMATCH_TOO_HIGH",
    "NonceOverflowError": "NONCE_IS_MAX",
    "PriorityFeeGreaterThanMaxFeeError": "PRIORITY_GREATER_THAN_MAX_FEE_PER_GAS",
    "TransactionGasLimitExceededError": "GAS_LIMIT_EXCEEDS_MAXIMUM",
    "TransactionTypeContractCreationError": "TYPE_3_TX_CONTRACT_CREATION|TYPE_4_TX_CONTRACT_CREATION",
}

# Cancun's specification asks for a recipient before the other rules of blobs, those of the later forks
# after them, as the engine does under every fork: a transaction may break both.
CREATION_IN_CANCUN = "|".join(
    [
        REASONS["TransactionTypeContractCreationError"],
        REASONS["NoBlobDataError"],
        REASONS["InvalidBlobVersionedHashError"],
        REASONS["InsufficientMaxFeePerBlobGasError"],
    ]
)


class UnknownType(Exception):
    """The fork has no transactions of this type."""

    def __init__(self, number):
        super().__init__(number)
        self.number = number


def number(text):
    return int(text, 16)


def data(text):
    return bytes.fromhex(text.removeprefix("0x"))


def address(text):
    return Bytes20(data(text))


class Specification:
    """One fork of the specification."""

    def __init__(self, name):
        self.name = name
        base = f"ethereum.forks.{MODULES[name]}"
        self.fork = import_module(f"{base}.fork")
        self.state = import_module(f"{base}.state")
        self.vm = import_module(f"{base}.vm")
        self.transactions = import_module(f"{base}.transactions")
        self.types = import_module(f"{base}.fork_types")
        # The sender is known; recovering it from a signature is tested elsewhere.
        self.fork.recover_sender = lambda *_: self.sender
        self.sender = None

    def fill(self, test, case):
        """Adds to `case` what becomes of its transaction."""
        state = self.load(test["pre"])
        before = self.state.state_root(state)
        block = self.block(test["env"], state)
        output = self.vm.BlockOutput()
        template = test["transaction"]
        self.sender = address(template["sender"])
        try:
            transaction = self.transaction(template, case["indexes"])
            self.fork.process_transaction(block, output, transaction, Uint(0))
        except UnknownType as error:
            self.refuse(case, before, f"TYPE_{error.number}_TX_PRE_FORK")
        except EthereumException as error:
            self.refuse(case, before, self.reason(type(error).__name__))
        else:
            self.touch_coinbase(state, block.coinbase)
            case["hash"] = "0x" + self.state.state_root(state).hex()
            case["logs"] = "0x" + keccak256(rlp.encode(output.block_logs)).hex()
            case["gasUsed"] = hex(int(output.block_gas_used))

    def reason(self, error):
        if self.name == "Cancun" and error == "TransactionTypeContractCreationError":
            return CREATION_IN_CANCUN
        return REASONS[error]

    @staticmethod
    def refuse(case, root, reason):
        case["hash"] = "0x" + root.hex()
        case["logs"] = "0x" + keccak256(rlp.encode(())).hex()
        case["expectException"] = "|".join(
            f"TransactionException.{name}" for name in reason.split("|")
        )

    def touch_coinbase(self, state, coinbase):
        """State tests pay the coinbase a reward of zero after the transaction."""
        if self.name in ("Frontier", "Homestead", "TangerineWhistle"):
            self.state.touch_account(state, coinbase)
        elif self.state.account_exists(state, coinbase):
            if not self.state.is_account_alive(state, coinbase):
                self.state.destroy_account(state, coinbase)

    def load(self, accounts):
        state = self.state.State()
        for key, value in accounts.items():
            where = address(key)
            account = self.types.Account(
                nonce=Uint(number(value["nonce"])),
                balance=U256(number(value["balance"])),
                code=data(value["code"]),
            )
            self.state.set_account(state, where, account)
            for slot, word in value["storage"].items():
                place = Bytes32(number(slot).to_bytes(32, "big"))
                self.state.set_storage(state, where, place, U256(number(word)))
        return state

    def block(self, env, state):
        height = number(env["currentNumber"])
        hashes = [keccak256(str(n).encode()) for n in range(max(0, height - 256), height)]
        fields = {
            "chain_id": CHAIN_ID,
            "state": state,
            "block_gas_limit": Uint(number(env["currentGasLimit"])),
            "block_hashes": hashes,
            "coinbase": address(env["currentCoinbase"]),
            "number": Uint(height),
            "time": U256(number(env["currentTimestamp"])),
            "base_fee_per_gas": Uint(number(env["currentBaseFee"])),
            "difficulty": Uint(number(env["currentDifficulty"])),
            "prev_randao": Bytes32(data(env["currentRandom"])),
            "excess_blob_gas": U64(number(env["currentExcessBlobGas"])),
            "parent_beacon_block_root": Bytes32(bytes(32)),
        }
        kind = self.vm.BlockEnvironment
        return kind(**{name: fields[name] for name in kind.__annotations__})

    def transaction(self, template, indexes):
        kind, type_number = self.kind(template)
        fields = {
            "chain_id": CHAIN_ID,
            "nonce": U256(number(template["nonce"])),
            "gas": Uint(number(template["gasLimit"][indexes["gas"]])),
            "to": address(template["to"]) if template["to"] else Bytes0(b""),
            "value": U256(number(template["value"][indexes["value"]])),
            "data": data(template["data"][indexes["data"]]),
            "v": U256(0),
            "y_parity": U256(0),
            "r": U256(0),
            "s": U256(0),
        }
        if type_number == 4:
            fields["nonce"] = U64(number(template["nonce"]))
            fields["authorizations"] = tuple(
                self.types.Authorization(
                    chain_id=U256(number(item["chainId"])),
                    address=address(item["address"]),
                    nonce=U64(number(item["nonce"])),
                    y_parity=U8(number(item["v"])),
                    r=U256(number(item["r"])),
                    s=U256(number(item["s"])),
                )
                for item in template["authorizationList"]
            )
        for name, key in (
            ("gas_price", "gasPrice"),
            ("max_fee_per_gas", "maxFeePerGas"),
            ("max_priority_fee_per_gas", "maxPriorityFeePerGas"),
        ):
            if key in template:
                fields[name] = Uint(number(template[key]))
        if "accessLists" in template:
            fields["access_list"] = tuple(
                self.transactions.Access(
                    address(entry["address"]),
                    tuple(Bytes32(data(slot)) for slot in entry["storageKeys"]),
                )
                for entry in template["accessLists"][indexes["data"]]
            )
        if type_number == 3:
            fields["max_fee_per_blob_gas"] = U256(number(template["maxFeePerBlobGas"]))
            fields["blob_versioned_hashes"] = tuple(
                Bytes32(data(item)) for item in template["blobVersionedHashes"]
            )
        return kind(**{name: fields[name] for name in kind.__annotations__})

    def kind(self, template):
        """The class of the template's transactions, and their type."""
        if "authorizationList" in template:
            name, type_number = "SetCodeTransaction", 4
        elif "maxFeePerBlobGas" in template:
            name, type_number = "BlobTransaction", 3
        elif "maxFeePerGas" in template:
            name, type_number = "FeeMarketTransaction", 2
        elif "accessLists" in template:
            name, type_number = "AccessListTransaction", 1
        elif hasattr(self.transactions, "LegacyTransaction"):
            name, type_number = "LegacyTransaction", 0
        else:
            # Before Berlin the one class has the name that later stands for all.
            name, type_number = "Transaction", 0
        if not hasattr(self.transactions, name):
            raise UnknownType(type_number)
        return getattr(self.transactions, name), type_number


@lru_cache(maxsize=None)
def specification(name):
    return Specification(name)


def fill_file(path):
    """Fills the file in place; answers its path."""
    with open(path) as file:
        tests = json.load(file)
    for name, test in tests.items():
        for fork, cases in test["post"].items():
            test["post"][fork] = [
                case for case in cases if answers(test, case, fork, f"{path}: {name}")
            ]
    with open(path, "w") as file:
        json.dump(tests, file, indent=1)
    return path


def answers(test, case, fork, place):
    """Fills the case, if the specification has an answer."""
    try:
        specification(fork).fill(test, case)
    except OverflowError:
        # MODEXP with lengths near 2^256 is beyond the specification's own arithmetic until Osaka.
        return False
    except Exception as error:
        raise RuntimeError(f"{place}, {fork}: {error!r}") from error
    return True
