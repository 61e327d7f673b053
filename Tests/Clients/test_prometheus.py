"""Prometheus against a development chain: its own parser, its linter, and itself, scraping."""

import json
import os
import pathlib
import re
import shutil
import socket
import subprocess
import tempfile
import time
import unittest
import urllib.error
import urllib.parse
import urllib.request

from prometheus_client.parser import text_string_to_metric_families

from node import Node

DASHBOARD = pathlib.Path(__file__).parents[2] / "Dashboards/needletail.json"
# The folder that Scripts/test.sh has unpacked it into, or wherever it is installed.
FOLDER = os.environ.get("PROMETHEUS")
PROMETHEUS = shutil.which("prometheus", path=FOLDER)
PROMTOOL = shutil.which("promtool", path=FOLDER)
FUNDED = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"


def get(url):
    with urllib.request.urlopen(url, timeout=10) as answer:
        return answer.read().decode()


class PrometheusTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.node = Node("--metrics")
        for _ in range(5):
            cls.ask("eth_sendTransaction", {"from": FUNDED, "to": FUNDED, "value": "0x1"})
        cls.ask("evm_mine")
        cls.ask("eth_getBalance", FUNDED, "latest")
        cls.ask("eth_getBalance")
        cls.ask('no "method"')

    @classmethod
    def tearDownClass(cls):
        assert cls.node.stop() == 0

    @classmethod
    def ask(cls, method, *parameters):
        body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": parameters}
        request = urllib.request.Request(
            cls.node.url, json.dumps(body).encode(), {"Content-Type": "application/json"}
        )
        return json.loads(get(request))

    def families(self):
        return {
            family.name: family
            for family in text_string_to_metric_families(get(self.node.url + "/metrics"))
        }

    def shown(self):
        """The expressions of the dashboard."""
        panels = json.loads(DASHBOARD.read_text())["panels"]
        return [
            target["expr"].replace('{instance=~"$instance"}', "")
            for panel in panels
            for target in panel.get("targets", [])
        ]

    def test_every_figure_is_told_once_and_says_what_it_is(self):
        families = self.families()
        seen = set()
        for family in families.values():
            self.assertIn(family.type, ("counter", "gauge", "histogram"), family.name)
            self.assertTrue(family.documentation, family.name)
            self.assertTrue(family.samples, family.name)
            for sample in family.samples:
                key = (sample.name, *sorted(sample.labels.items()))
                self.assertNotIn(key, seen)
                seen.add(key)
                self.assertGreaterEqual(sample.value, 0, key)
        (head,) = families["chain_head_block"].samples
        self.assertEqual(head.value, int(self.ask("eth_blockNumber")["result"], 16))
        requests = {
            sample.labels["method"]: sample.value for sample in families["rpc_requests"].samples
        }
        self.assertEqual(requests["eth_sendTransaction"], 5)
        self.assertEqual(requests["unknown"], 1)
        (memory,) = families["process_resident_memory_bytes"].samples
        self.assertTrue(10 << 20 < memory.value < 1 << 30, memory.value)

    def test_buckets_hold_those_below_them(self):
        histograms = [
            family for family in self.families().values() if family.type == "histogram"
        ]
        self.assertGreaterEqual(len(histograms), 2)
        for family in histograms:
            lines = {}
            for sample in family.samples:
                labels = {**sample.labels}
                bound = labels.pop("le", None)
                line = lines.setdefault(tuple(labels.items()), {})
                line[float(bound) if bound else sample.name.removeprefix(family.name)] = sample.value
            for line in lines.values():
                count = line.pop("_count")
                self.assertGreater(line.pop("_sum"), 0)
                self.assertGreater(count, 0)
                bounds = sorted(line)
                self.assertEqual(bounds[-1], float("inf"))
                self.assertEqual(line[bounds[-1]], count)
                values = [line[bound] for bound in bounds]
                self.assertEqual(values, sorted(values))

    @unittest.skipIf(PROMTOOL is None, "promtool is not there")
    def test_the_linter_minds_nothing_but_the_names_of_counters(self):
        checked = subprocess.run(
            [PROMTOOL, "check", "metrics"],
            input=get(self.node.url + "/metrics"),
            capture_output=True,
            text=True,
        )
        self.assertEqual(checked.stdout, "")
        for line in checked.stderr.splitlines():
            # geth's names, which dashboards know.
            self.assertRegex(line, 'counter metrics should have "_total" suffix$')

    @unittest.skipIf(PROMETHEUS is None, "prometheus is not there")
    def test_prometheus_scrapes_it(self):
        with tempfile.TemporaryDirectory(prefix="needletail-prometheus-") as folder:
            with socket.create_server(("127.0.0.1", 0)) as free:
                port = free.getsockname()[1]
            configuration = pathlib.Path(folder, "prometheus.yml")
            target = urllib.parse.urlsplit(self.node.url).netloc
            configuration.write_text(
                "global: {scrape_interval: 250ms, scrape_timeout: 250ms}\n"
                "scrape_configs:\n"
                f"- {{job_name: needletail, static_configs: [{{targets: ['{target}']}}]}}\n"
            )
            with open(os.path.join(folder, "log"), "w+") as log:
                process = subprocess.Popen(
                    [
                        PROMETHEUS,
                        f"--config.file={configuration}",
                        f"--storage.tsdb.path={folder}/data",
                        f"--web.listen-address=127.0.0.1:{port}",
                        "--scrape.discovery-reload-interval=100ms",
                    ],
                    stdout=log,
                    stderr=log,
                )
                try:
                    self.check_scraping(f"http://127.0.0.1:{port}", target)
                except Exception as error:
                    log.seek(0)
                    error.add_note(log.read())
                    raise
                finally:
                    process.terminate()
                    process.wait(timeout=30)

    def check_scraping(self, prometheus, target):
        def query(expression):
            text = get(f"{prometheus}/api/v1/query?" + urllib.parse.urlencode({"query": expression}))
            return json.loads(text)["data"]["result"]

        def value(expression):
            found = query(expression)
            return float(found[0]["value"][1]) if found else None

        def wait(condition, failure):
            until = time.monotonic() + 30
            while not condition():
                if time.monotonic() > until:
                    self.fail(failure)
                time.sleep(0.05)

        def is_ready():
            try:
                return "Ready" in get(f"{prometheus}/-/ready")
            except urllib.error.URLError:
                return False

        wait(is_ready, "Prometheus does not start")
        # Rates need several scrapes.
        wait(lambda: (value("count_over_time(up[1m])") or 0) >= 4, "nothing was scraped")
        (known,) = json.loads(get(f"{prometheus}/api/v1/targets"))["data"]["activeTargets"]
        self.assertEqual((known["health"], known["lastError"]), ("up", ""))
        self.assertEqual(value("min_over_time(up[1m])"), 1)
        self.assertEqual(query("up")[0]["metric"], {"__name__": "up", "instance": target, "job": "needletail"})
        # What comes while it scrapes is seen.
        before = value("chain_transactions")
        self.assertGreaterEqual(before, 5)
        self.ask("eth_sendTransaction", {"from": FUNDED, "to": FUNDED, "value": "0x1"})
        wait(lambda: value("chain_transactions") == before + 1, "the transaction was not seen")
        head = int(self.ask("eth_blockNumber")["result"], 16)
        wait(lambda: value("chain_head_block") == head, "the head was not seen")
        wait(lambda: value("chain_head_gas_used") == 21_000, "the head's gas was not seen")
        self.assertEqual(value("txpool_pending"), 0)
        self.assertEqual(value('rpc_failure{method="eth_getBalance"}'), 1)
        self.assertEqual(value('rpc_requests{method="unknown"}'), 1)
        self.assertLess(abs(time.time() - value("chain_head_timestamp")), 600)
        self.assertTrue(10 << 20 < value("process_resident_memory_bytes") < 1 << 30)
        # Every expression of the dashboard is one, and has something to show.
        for expression in self.shown():
            expression = re.sub(r"\[\d+m\]", "[1m]", expression)
            self.assertTrue(query(expression), expression)


if __name__ == "__main__":
    unittest.main()
