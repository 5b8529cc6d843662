# SPDX-License-Identifier: Apache-2.0
"""No real person's IMEI or telephone number anywhere: what looks like one is a test or documentation number."""

import re
import subprocess
import unittest
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2]

# 00101: the test identity of 3GPP and GSMA, which no device has; 49015420323751: the example of 23.003.
TEST_IMEI = re.compile(r"00101|490154203237")
# What has as many digits and is none: IMSIs of the pattern 1234567890.
NO_IMEI = {"460001234567890"}

# Numbers that are given to nobody, or that every reader of a manual has seen.
DOCUMENTATION = [
    (r"\+?447700900\d{3}", "Ofcom: numbers for drama"),
    (r"\+?1\d{3}55501\d\d", "NANPA: 555-0100 to 555-0199"),
    (r"\+?(86)?15021012496", "examples of the M66 manual, 8"),
    (r"0383599999", "example of the M66 manual, 12.5"),
    (r"\+8613800210500", "a service centre, in the examples of the M66 manual"),
    (r"\+27381000015|27838890001|\+46708251358", "examples of published introductions to the PDU"),
    (r"\+?0?123456789\d*", "digits in their order"),
]


def allowed_number(number):
    return any(re.fullmatch(pattern, number) for pattern, _ in DOCUMENTATION)


def luhn(digits):
    total = 0
    for i, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + i % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def texts():
    listed = subprocess.run(["git", "-c", "safe.directory=*", "-C", SOURCE, "ls-files", "-z"], capture_output=True, check=True)
    for name in listed.stdout.decode().split("\0"):
        path = SOURCE / name
        if not name or not path.is_file() or name.startswith("tests/certs/"):
            continue
        try:
            yield name, path.read_text()
        except UnicodeDecodeError:  # a picture, a seed of a fuzzer
            continue


def imeis(text):
    """Runs of 15 digits with a right check digit."""
    return [run for run in re.findall(r"(?<![\w.])\d{15}(?![\w.])", text) if luhn(run) and run not in NO_IMEI]


def numbers(text):
    """Numbers in international form, and those that a call or message command or field holds."""
    found = re.findall(r"\+[1-9]\d{9,14}(?!\w)", text)
    found += re.findall(r'(?:CMGS|CPBW|CCFC|CSCA|ATD|ring|from|own_number)\W{1,4}(\+?\d{9,15})(?!\w)', text)
    return found


class Privacy(unittest.TestCase):
    def test_what_it_would_refuse(self):
        self.assertEqual(imeis('imei = "356938035643809";'), ["356938035643809"])
        self.assertIsNone(TEST_IMEI.match("356938035643809"))
        self.assertEqual(imeis("356938035643808 1356938035643809 0x356938035643809"), [])
        self.assertFalse(allowed_number(numbers('own_number = "+4915123456789"')[0]))
        self.assertFalse(allowed_number(numbers('AT+CMGS="015123456789"')[0]))
        self.assertTrue(allowed_number(numbers('AT+CMGS="+447700900123"')[0]))

    def test_every_imei_is_a_test_imei(self):
        seen = 0
        for name, text in texts():
            for imei in imeis(text):
                seen += 1
                if name != "tests/tools/privacy_test.py":
                    self.assertTrue(TEST_IMEI.match(imei), f"{name}: {imei}")
        self.assertGreater(seen, 10)

    def test_every_number_is_a_documentation_number(self):
        seen = 0
        for name, text in texts():
            for number in numbers(text):
                seen += 1
                if name != "tests/tools/privacy_test.py":
                    self.assertTrue(allowed_number(number), f"{name}: {number}")
        self.assertGreater(seen, 10)


if __name__ == "__main__":
    unittest.main()
