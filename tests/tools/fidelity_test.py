# SPDX-License-Identifier: Apache-2.0
"""docs/fidelity.md: every quirk has its row, and every test that is named there exists."""

import re
import unittest
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2]
QUIRKS = 39


def quirk_rows(text):
    return re.findall(r"^\| Q(\d+) \| (.+?) \| (.+) \|$", text, re.MULTILINE)


def test_names():
    names = set()
    for path in SOURCE.glob("tests/**/*_test.cpp"):
        # A long name may be split over two lines.
        text = re.sub(r'"\s*\n\s*"', "", path.read_text())
        names.update(name.replace('\\"', '"') for name in re.findall(r'TEST_CASE\(\s*"((?:[^"\\]|\\.)*)"', text))
    return names


class Fidelity(unittest.TestCase):
    text = (SOURCE / "docs/fidelity.md").read_text()

    def test_every_quirk_has_one_row_in_order(self):
        self.assertEqual([int(number) for number, _, _ in quirk_rows(self.text)], list(range(1, QUIRKS + 1)))

    def test_named_tests_exist(self):
        names = test_names()
        for number, _, held_by in quirk_rows(self.text):
            named = [name for name in re.findall(r"`([^`]+)`", held_by) if not name.startswith("quasimodem ")]
            for name in named:
                self.assertIn(name, names, f"Q{number}")
            self.assertTrue(named or held_by.startswith("none: "), f"Q{number} has neither a test nor a reason")

    def test_reports_are_held_by_tests(self):
        names = test_names()
        rows = re.findall(r"^\| FR ([\d, –]+) \| .+ \| (.+) \|$", self.text, re.MULTILINE)
        self.assertGreater(len(rows), 5)
        for numbers, held_by in rows:
            named = re.findall(r"`([^`]+)`", held_by)
            for name in named:
                self.assertIn(name, names, f"FR {numbers}")
            self.assertTrue(named or held_by.startswith("none: "), f"FR {numbers} has neither a test nor a reason")

    def test_named_transcripts_exist(self):
        for numbers in re.findall(r"transcripts? ([\d, –-]+)", self.text):
            for number in re.findall(r"\d+", numbers):
                self.assertTrue(list(SOURCE.glob(f"tests/transcripts/{number}_*.txt")), f"transcript {number}")


if __name__ == "__main__":
    unittest.main()
