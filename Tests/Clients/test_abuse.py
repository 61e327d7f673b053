"""The abuses of `make abuse`, as small as they are."""

import pathlib
import subprocess
import sys
import unittest

ABUSE = pathlib.Path(__file__).with_name("abuse")


class AbuseTests(unittest.TestCase):
    def test_nothing_brings_a_node_down(self):
        # Other tests may run on the same machine: an answer may take longer than by hand.
        run = subprocess.run(
            [sys.executable, ABUSE, "--bound", "10"], capture_output=True, text=True, timeout=600
        )
        self.assertEqual(run.returncode, 0, run.stdout + run.stderr)


if __name__ == "__main__":
    unittest.main()
