"""A node for one test."""

import os
import signal
import subprocess

BINARY = os.environ.get("NEEDLETAIL", ".build/release/needletail")


class Node:
    """A development chain in memory, on a port of its own."""

    def __init__(self, *options):
        self.process = subprocess.Popen(
            [BINARY, "node", "--in-memory", "--port", "0", *options],
            stdout=subprocess.PIPE,
            text=True,
        )
        self.banner = ""
        for line in self.process.stdout:
            self.banner += line
            if line.startswith("Listening on "):
                self.url = "http://" + line.split()[-1]
                return
        raise RuntimeError("the node did not start:\n" + self.banner)

    def stop(self):
        """Ends it as ^C does; its exit status."""
        self.process.send_signal(signal.SIGINT)
        self.rest = self.process.stdout.read()
        self.process.stdout.close()
        return self.process.wait(timeout=30)
