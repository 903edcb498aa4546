"""The dashboard and the alert rules: they speak of metrics that there are, by labels that these have."""

import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "support"))

from documents import blocks

ROOT = pathlib.Path(__file__).resolve().parents[2]
RULES = ROOT / "config" / "prometheus" / "blender-mcpd.rules.yml"
DASHBOARD = ROOT / "config" / "grafana" / "blender-mcpd.json"
# As declared: the name, the help, then the kind and the label where these are not the usual ones.
METRIC = re.compile(r'Metric \w+\s*\{\s*"([a-z_.]+)",\s*(?:"[^"]*"\s*)+(?:,\s*(?:core::)?MetricKind::(\w+)\s*(?:,\s*"(\w+)")?)?')
USE = re.compile(r"\b(blender_mcpd_\w+)(?:\{([^}]*)\})?")
OF_EVERY_TARGET = {"job", "instance", "le"}


def declared():
    """The name that Prometheus sees -> the labels that it may have."""
    metrics = {}
    for folder in ("include", "src"):
        for path in (ROOT / folder).rglob("*.[ch]pp"):
            for name, kind, label in METRIC.findall(path.read_text("utf-8")):
                seen = "blender_mcpd_" + name.replace(".", "_")
                endings = {"": ["_total"], "counter": ["_total"], "gauge": [""], "histogram": ["_bucket", "_sum", "_count"]}[kind]
                for ending in endings:
                    metrics[seen + ending] = OF_EVERY_TARGET | ({label} if label else set())
    return metrics


def expressions():
    text = RULES.read_text("utf-8")
    yield from re.findall(r"expr: (?:>\n)?((?:.+\n)(?:(?=          )\s+.+\n)*)", text)
    for panel in json.loads(DASHBOARD.read_text("utf-8"))["panels"]:
        for target in panel["targets"]:
            yield target["expr"]


class Monitoring(unittest.TestCase):
    def test_expressions_use_metrics_that_there_are(self):
        metrics = declared()
        self.assertIn("blender_mcpd_mcp_tool_duration_ms_bucket", metrics)
        found = list(expressions())
        self.assertGreater(len(found), 25)
        for expression in found:
            for name, selector in USE.findall(expression):
                with self.subTest(expression):
                    self.assertIn(name, metrics)
                    self.assertLessEqual(set(re.findall(r"(\w+)\s*(?:=|!)", selector)), metrics.get(name, set()))

    def promtool(self, *arguments):
        promtool = shutil.which("promtool")
        if promtool is None:
            self.skipTest("promtool (Debian: prometheus) is not there")
        done = subprocess.run([promtool, "check", *arguments], capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_promtool_accepts_the_rules(self):
        self.promtool("rules", str(RULES))

    def test_promtool_accepts_the_scrape_configuration(self):
        (shown,) = [block.text for block in blocks(ROOT / "docs" / "service.md") if block.text.startswith("rule_files:")]
        self.assertIn("job_name: blender-mcpd\n", shown)
        with tempfile.NamedTemporaryFile("w", suffix=".yml") as file:
            file.write(shown)
            file.flush()
            self.promtool("config", "--syntax-only", file.name)


if __name__ == "__main__":
    unittest.main()
