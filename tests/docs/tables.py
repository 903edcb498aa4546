"""What the tests have to be told about the documents: an entry that nothing needs any more is a failure."""

from __future__ import annotations

# Blocks that are no commands, JSON or configuration: their file, how they begin, and what they are.
SHOWN = [
    ("docs/architecture.md", "AI client ─", "a diagram"),
    ("docs/sharing.md", "client A ─", "a diagram"),
    ("docs/audit.md", "/var/log/blender/audit.jsonl {", "for logrotate"),
    ("docs/guest.md", "import sys; [m.leave()", "for Blender's console; tests/runtime/test_gui.py runs it"),
    ("docs/http.md", "info  listening on", "what a command prints"),
    ("docs/link.md", "u32 be json_bytes", "a frame"),
    ("docs/link.md", "→ {\"id\":7", "messages, abridged"),
    ("docs/link.md", "seed      →", "messages, abridged"),
    ("docs/maintaining.md", "Spec measure_distance_spec", "a part of an example"),
    ("docs/maintaining.md", "def measure_distance", "a part of an example"),
    ("docs/lookup.md", "path = name", "a grammar"),
    ("docs/status-page.md", "info  the status page", "what a command prints"),
    ("docs/service.md", "[Service]", "a drop-in of systemd"),
    ("docs/service.md", "rule_files:", "for Prometheus: tests/structure/monitoring_test.py"),
]

# What the first word of a command may be; those of the project are known by their folders.
PROGRAMS = {"/usr/bin/python3", "apt", "claude", "cmake", "curl", "git", "install", "journalctl", "jq", "kill", "loginctl", "mcp-publisher", "perf",
            "podman", "printf", "promtool", "sha256sum", "ssh", "strace", "sudo", "systemctl", "tar", "valgrind"}

# What stands for something else, in commands that are run.
PLACEHOLDERS = {
    "http://127.0.0.1:9877": "http://127.0.0.1:{port}",
}

# Commands that are not run, by how they begin: why, and the test that does what they do ("" when nothing of ours would be tested).
_ROOT = "needs root"
_SYSTEMD = "needs a systemd that runs"
_LONG = "takes minutes"
_OTHER = "is another program's"
_PACKAGES = "needs what scripts/package makes"
NOT_RUN = [
    ("./scripts/demo", _LONG, "tests/integration/test_blender_command_line.py: test_demo"),
    ("./scripts/test", _LONG, ""),
    ("scripts/test", _LONG, ""),
    ("scripts/bench", _LONG, ""),
    ("scripts/setup", _ROOT, ""),
    ("cmake --preset dev", _LONG, ""),
    ("git tag", "changes the repository", ""),
    ("scripts/package", _LONG, "tests/packaging/packaging_test.py: test_the_entry_of_the_registry"),
    ("scripts/script-policy-report", _LONG, "tests/integration/test_daemon_script_corpus.py: test_legitimate_scripts_are_left_alone"),
    ("sudo install ", _ROOT, ""),
    ("sudo systemctl reload prometheus", _ROOT, ""),
    ("promtool check config", "needs a Prometheus", "tests/structure/monitoring_test.py: test_promtool_accepts_the_scrape_configuration"),
    ("printf '{\"dashboard\"", "needs a Grafana", "tests/structure/monitoring_test.py: test_expressions_use_metrics_that_there_are"),
    ("ssh ", "needs another machine", "tests/integration/test_blender_carriers.py: test_it_is_said"),
    ("sudo apt install ./blender-mcpd_*", _ROOT, "tests/packaging/packaging_test.py: test_from_installation_to_purge"),
    ("tar xzf blender-mcpd-*", _PACKAGES, "tests/packaging/packaging_test.py: test_unpacked_anywhere"),
    ("blender-mcpd-*-linux-x86_64/bin/", _PACKAGES, "tests/packaging/packaging_test.py: test_unpacked_anywhere"),
    ("podman ", "needs a container engine", "tests/packaging/blender_test.py: test_what_the_image_would_run"),
    ("systemctl --user reload", _SYSTEMD, "tests/packaging/service_test.py: test_from_install_to_uninstall"),
    ("journalctl ", _SYSTEMD, "tests/packaging/service_test.py: test_from_start_to_the_first_client"),
    ("claude mcp add", _OTHER, "tests/integration/test_daemon_http.py: test_requests_that_stand_for_themselves"),
    ("jq ", "needs an audit log", "tests/integration/test_daemon_audit.py: test_a_call_of_the_command_line_has_its_line"),
    ("blender-mcpd credits", "needs a Blender that runs, or a file", "tests/integration/test_blender_credits.py: test_of_a_file"),
    ("blender-mcpd replay", "needs an audit log", "tests/integration/test_blender_audit.py: test_a_session_and_its_replay"),
    ("perf record", _OTHER, ""),
    ("valgrind ", _OTHER, ""),
    ("strace ", _OTHER, ""),
]

# Commands that are run and may end otherwise than with 0: how they begin, with what, and why.
_SLOW = "on a busy machine Blender does not tell its version in time; tests/integration/test_daemon_doctor.py has the findings"
EXIT_CODES = [
    ("blender-mcpd metrics", {1}, "no daemon runs there, or not for long enough"),
    ("blender-mcpd doctor", {0, 1}, _SLOW),
    ("build/release/blender-mcpd doctor", {0, 1}, _SLOW),
]

# What is written as a setting is, and is none.
NO_SETTINGS = {
    "blender.persist", "blender.file", "blender.run", "script.too_large", "script.unscannable",  # rules of the script policy
    "script.python_file_run",  # an operator
    "recovery.last_crash",  # in get_blender_status
    "BLENDER_MCPD_TEST_BLENDER", "BLENDER_MCPD_TEST_CHROMIUM",  # of the tests
    "audit.lines_lost",  # a metric
}
