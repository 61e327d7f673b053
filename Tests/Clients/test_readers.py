"""Who reads what a node says, or does not."""

import fcntl
import json
import os
import subprocess
import unittest
import urllib.request

from node import BINARY


class ReaderTests(unittest.TestCase):
    def begin(self, *options):
        """Starts a node whose standard output is a pipe that soon is full."""
        self.pipe, end = os.pipe()
        if hasattr(fcntl, "F_SETPIPE_SZ"):
            fcntl.fcntl(end, fcntl.F_SETPIPE_SZ, 4096)
        self.process = subprocess.Popen(
            [BINARY, "node", "--in-memory", "--port", "0", *options], stdout=end
        )
        self.addCleanup(self.process.kill)
        os.close(end)

    def read(self, mark):
        """What the node says until it has said the mark."""
        said = ""
        while mark not in said or not said.endswith("\n"):
            part = os.read(self.pipe, 65536).decode()
            self.assertTrue(part, "the node ended:\n" + said)
            said += part
        return said

    def ask(self, port, method):
        body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": []}).encode()
        request = urllib.request.Request(
            f"http://127.0.0.1:{port}", body, {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)["result"]

    def end(self):
        self.process.terminate()
        return self.process.wait(timeout=30)

    def test_a_reader_that_stops_reading_holds_up_nobody(self):
        self.begin()
        port = self.read("Listening on ").split(":")[-1].strip()
        for _ in range(200):
            self.ask(port, "evm_mine")
        self.assertEqual(self.ask(port, "eth_blockNumber"), hex(200))
        self.assertEqual(self.end(), 0)
        os.close(self.pipe)

    def test_a_reader_that_goes_changes_no_status(self):
        self.begin()
        port = self.read("Listening on ").split(":")[-1].strip()
        os.close(self.pipe)
        for _ in range(3):
            self.ask(port, "evm_mine")
        self.assertEqual(self.end(), 0)

    def test_programs_read_nothing_but_json(self):
        self.begin("--log-format", "json")
        said = self.read("Listening")
        self.ask(json.loads(said.splitlines()[0])["port"], "evm_mine")
        self.assertEqual(self.end(), 0)
        while part := os.read(self.pipe, 65536):
            said += part.decode()
        os.close(self.pipe)
        self.assertEqual(
            [json.loads(line)["msg"] for line in said.splitlines()],
            ["Listening", "Block", "Stopping"],
        )


if __name__ == "__main__":
    unittest.main()
