#!/usr/bin/env python3
"""Records which time zones Google's phone library (the Python port `phonenumbers`) gives to numbers of countries with
several zones, for the test in `src/phone_metadata/zones.rs`, which needs no Python.

usage: pip install phonenumbers==9.0.42; python3 google_zones.py     writes google-zones.tsv beside itself

A line: digits of a valid number that shows a place, and its zones, separated by `&`. The version is that of the metadata
of the crate `rlibphonenumber`.
"""
import pathlib, random
import phonenumbers as p
from phonenumbers import timezone
from phonenumbers.tzdata import TIMEZONE_DATA

assert p.__version__ == "9.0.42", p.__version__
random.seed(12)
CODES = {"1": 200, "7": 80, "34": 20, "351": 20, "52": 80, "55": 120, "593": 10, "61": 60, "62": 60, "64": 20, "86": 10}

lines = []
for code, count in CODES.items():
    prefixes = sorted(prefix for prefix in TIMEZONE_DATA if prefix.startswith(code))
    numbers = set()
    while len(numbers) < count:
        prefix = random.choice(prefixes)
        length = random.choice([len(code) + n for n in (8, 9, 10, 11)])
        digits = prefix + "".join(random.choice("0123456789") for _ in range(length - len(prefix)))
        number = p.parse("+" + digits)
        geographical = p.is_number_geographical(number)
        if p.is_valid_number(number) and geographical and p.format_number(number, p.PhoneNumberFormat.E164) == "+" + digits:
            numbers.add(digits)
    for digits in sorted(numbers):
        lines.append(digits + "\t" + "&".join(timezone.time_zones_for_number(p.parse("+" + digits))) + "\n")
pathlib.Path(__file__).with_name("google-zones.tsv").write_text("".join(lines))
