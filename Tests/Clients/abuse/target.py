"""A node that is abused, and what is looked at meanwhile: a client that behaves, memory, descriptors."""

import asyncio
import base64
import hashlib
import hmac
import http.client
import json
import multiprocessing
import os
import resource
import subprocess
import tempfile
import time

BINARY = os.environ.get("NEEDLETAIL", ".build/release/needletail")
FUNDED = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"
SECRET = bytes(range(32))


class Broken(Exception):
    """What must not happen."""


def request(method, *parameters, id=1):
    return json.dumps({"jsonrpc": "2.0", "id": id, "method": method, "params": parameters}).encode()


def token(secret=SECRET, age=0, header={"alg": "HS256", "typ": "JWT"}, **claims):
    """A token for the Engine API that was issued so many seconds ago."""

    def text(data):
        return base64.urlsafe_b64encode(data).rstrip(b"=").decode()

    claims = {"iat": int(time.time()) - age, **claims}
    signed = ".".join(text(json.dumps(part).encode()) for part in (header, claims))
    signature = hmac.new(secret, signed.encode(), hashlib.sha256).digest()
    return f"Bearer {signed}.{text(signature)}"


def post(port, body, timeout=60, **headers):
    """Status and text of an answer, by a connection of its own."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    headers = {"Content-Type": "application/json", **{k.replace("_", "-"): v for k, v in headers.items()}}
    try:
        connection.request("POST", "/", body, headers)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def ask(port, method, *parameters, **headers):
    """The result of a method."""
    answer = json.loads(post(port, request(method, *parameters), **headers)[1])
    if "error" in answer:
        raise Broken(f"{method}: {answer['error']}")
    return answer["result"]


def behave(port, authenticated, pipe):
    """Asks every few milliseconds over a connection that stays open, and tells how long answers take."""
    body = request("eth_getBalance", FUNDED, "latest")
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    latencies, failures = [], []
    while True:
        if pipe.poll(0.01):
            if pipe.recv() == "end":
                return
            pipe.send((latencies, failures))
            latencies, failures = [], []
        start = time.monotonic()
        fresh = {"Authorization": token()} if authenticated else {}
        try:
            connection.request("POST", "/", body, {"Content-Type": "application/json", **fresh})
            answer = connection.getresponse().read()
            if b'"result":"0x' not in answer:
                failures.append(answer[:200].decode())
        except (OSError, http.client.HTTPException) as error:
            # A connection that was idle too long may be closed; then it is opened again at once.
            failures.append(repr(error))
            connection.close()
        latencies.append(time.monotonic() - start)


class Witness:
    """A client that behaves, in a process of its own, so that the attackers' work is not measured."""

    def __init__(self, port, authenticated=False):
        self.pipe, other = multiprocessing.Pipe()
        self.process = multiprocessing.Process(target=behave, args=(port, authenticated, other))
        self.process.daemon = True
        self.process.start()

    def told(self):
        """Latencies and failures since last time."""
        self.pipe.send("tell")
        if not self.pipe.poll(90):
            raise Broken("the client that behaves is not answered any more")
        return self.pipe.recv()

    def end(self):
        if self.process.is_alive():
            self.pipe.send("end")
        self.process.join(90)


class AbusedNode:
    """A node in memory; with `engine`, under a consensus client."""

    def __init__(self, *options, engine=False):
        self.folder = tempfile.TemporaryDirectory(prefix="needletail-abuse-")
        if engine:
            secret = os.path.join(self.folder.name, "jwt.hex")
            with open(os.open(secret, os.O_CREAT | os.O_WRONLY, 0o600), "w") as file:
                file.write(SECRET.hex())
            options = (
                "--network", "dev", "--authrpc.port", "0", "--authrpc.jwtsecret", secret, *options,
            )
        # What it says goes to a file, which is read whenever it is wanted.
        self.log = open(os.path.join(self.folder.name, "log"), "w+")
        self.process = subprocess.Popen(
            [BINARY, "node", "--in-memory", "--port", "0", *options],
            stdout=self.log,
            stderr=subprocess.STDOUT,
        )
        mark = "Engine API on http://" if engine else "Listening on "
        until = time.monotonic() + 30
        while mark not in self.said():
            if time.monotonic() > until or self.process.poll() is not None:
                raise Broken("the node did not start:\n" + self.said())
            time.sleep(0.01)
        lines = self.said().splitlines()
        self.port = int(next(line for line in lines if line.startswith("Listening on ")).split(":")[-1])
        self.engine_port = engine and int(
            next(line for line in lines if line.startswith("Engine API on ")).split(":")[-1]
        )
        self.descriptors_at_rest = self.descriptors()

    def said(self):
        with open(self.log.name) as file:
            return file.read()

    def has_ended(self):
        return self.process.poll() is not None

    def check_alive(self):
        if self.has_ended():
            raise Broken(f"the node has ended ({self.process.returncode}):\n{self.said()[-2000:]}")

    def memory(self, name="VmRSS"):
        """MiB that it takes, or took at most (VmHWM)."""
        try:
            with open(f"/proc/{self.process.pid}/status") as status:
                for line in status:
                    if line.startswith(name + ":"):
                        return int(line.split()[1]) // 1024
        except OSError:
            pass
        return 0

    def forget_peak(self):
        """Lets VmHWM begin anew, where the system allows that."""
        try:
            with open(f"/proc/{self.process.pid}/clear_refs", "w") as file:
                file.write("5")
        except OSError:
            pass

    def descriptors(self):
        try:
            return len(os.listdir(f"/proc/{self.process.pid}/fd"))
        except OSError:
            return 0

    async def settle(self):
        """Waits until it holds no more descriptors than at rest, but for a few."""
        until = time.monotonic() + 60
        while (count := self.descriptors()) > self.descriptors_at_rest + 8:
            if time.monotonic() > until:
                raise Broken(f"{count} descriptors are open, {self.descriptors_at_rest} at rest")
            await asyncio.sleep(0.1)

    def stop(self):
        self.check_alive()
        self.process.terminate()
        try:
            status = self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise Broken("the node does not stop") from None
        if status != 0:
            raise Broken(f"the node ended with status {status}:\n{self.said()[-2000:]}")
        self.log.close()
        self.folder.cleanup()


def allow_descriptors(count):
    """Lets this process and those it starts open so many files, as far as the system allows."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = count if hard == resource.RLIM_INFINITY else min(count, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    return wanted
