"""titanoboa in network mode against a development chain."""

import pathlib
import unittest

from node import Node

try:
    import boa
    from eth_account import Account
except ImportError:
    boa = None

COUNTER = pathlib.Path(__file__).parents[2] / "Examples/Web3py/Counter.vy"
KEY = "0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d"


@unittest.skipIf(boa is None, "titanoboa is not installed")
class BoaTests(unittest.TestCase):
    def test_contracts_are_compiled_deployed_and_called(self):
        node = Node()
        try:
            boa.set_network_env(node.url)
            boa.env.add_account(Account.from_key(KEY))
            counter = boa.load(str(COUNTER), 40)
            counter.add(2)
            self.assertEqual(counter.count(), 42)
            with boa.reverts():
                counter.add(0)
        finally:
            self.assertEqual(node.stop(), 0)


if __name__ == "__main__":
    unittest.main()
