"""How a node is asked to stop."""

import signal
import subprocess
import unittest

from node import BINARY


class SignalTests(unittest.TestCase):
    def test_each_signal_ends_a_node_that_a_script_began_in_the_background(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            process = subprocess.Popen(
                [BINARY, "node", "--in-memory", "--port", "0"],
                stdout=subprocess.PIPE,
                text=True,
                # As shells begin what is to run in the background.
                preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN),
            )
            self.addCleanup(process.kill)
            for line in process.stdout:
                if "Listening on" in line:
                    break
            process.send_signal(number)
            process.stdout.read()
            self.assertEqual(process.wait(timeout=30), 0)
            process.stdout.close()


if __name__ == "__main__":
    unittest.main()
