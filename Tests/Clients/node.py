"""A node for one test."""

import os
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
        """Ends it; its exit status. Not by SIGINT, which who is started in the background ignores."""
        self.process.terminate()
        self.rest = self.process.stdout.read()
        self.process.stdout.close()
        return self.process.wait(timeout=30)
