#!/usr/bin/env python3
"""Records what Google's phone library (the Python port `phonenumbers`) answers, for the test in
`src/phone_metadata/mod.rs`, which needs no Python.

usage: pip install phonenumbers==9.0.42; python3 google_answers.py     writes google-answers.tsv.gz beside itself

A line: region (ZZ: none), text, digits of the number with its country code, and v (valid), p (possible), l (possible
within its area only) or i (impossible); `-` and `-` where the library refuses to parse. Texts are `+` and digits
without a region, or digits with one. The version is that of the metadata of the crate `rlibphonenumber`.
"""
import gzip, pathlib, random
import phonenumbers as p
from phonenumbers import PhoneNumberType as T, ValidationResult as V

assert p.__version__ == "9.0.42", p.__version__
random.seed(12)
TYPES = [T.FIXED_LINE, T.MOBILE, T.TOLL_FREE, T.PREMIUM_RATE, T.SHARED_COST, T.VOIP, T.PERSONAL_NUMBER, T.PAGER, T.UAN, T.VOICEMAIL]
REGIONS = sorted(p.SUPPORTED_REGIONS)
digits_of = lambda text: "".join(c for c in text if c.isdigit())

def damaged(digits):
    """One digit lost, added, changed or swapped, and zeros where people put them."""
    at = random.randrange(len(digits))
    yield digits[:at] + digits[at + 1:]
    yield digits[:at] + random.choice("0123456789") + digits[at:]
    yield digits[:at] + random.choice("0123456789") + digits[at + 1:]
    yield digits[:at] + digits[at + 1:at + 2] + digits[at:at + 1] + digits[at + 2:]
    yield "0" + digits
    yield digits[:-1]

asked = set()
for region in REGIONS:
    code = str(p.country_code_for_region(region))
    numbers = [n for kind in TYPES if (n := p.example_number_for_type(region, kind))]
    national = {p.national_significant_number(n) for n in numbers}
    for nsn in sorted(national):
        written = {digits_of(p.format_number(n, p.PhoneNumberFormat.NATIONAL)) for n in numbers if p.national_significant_number(n) == nsn}
        idd = digits_of(p.PhoneMetadata.metadata_for_region(region).preferred_international_prefix or p.PhoneMetadata.metadata_for_region(region).international_prefix or "00")[:4]
        trunk = p.ndd_prefix_for_region(region, True) or ""
        for text in {code + nsn, code + "0" + nsn, code + trunk + nsn, "0" + code + nsn, "00" + code + nsn}:
            asked.add(("ZZ", "+" + text))
        for text in damaged(code + nsn): asked.add(("ZZ", "+" + text))
        for text in written | {nsn, trunk + nsn, code + nsn, idd + code + nsn, "00" + code + nsn, "0" + nsn, "1" + nsn, "8" + nsn}:
            asked.add((region, text))
            asked.add((random.choice(REGIONS), text))
        for text in damaged(trunk + nsn): asked.add((region, text))
asked = sorted(asked)
random.shuffle(asked)

def answer(region, text):
    try: number = p.parse(text, None if region == "ZZ" else region)
    except p.NumberParseException: return "-\t-"
    word = {V.IS_POSSIBLE: "p", V.IS_POSSIBLE_LOCAL_ONLY: "l"}.get(p.is_possible_number_with_reason(number), "i")
    if word == "p" and p.is_valid_number(number): word = "v"
    return p.format_number(number, p.PhoneNumberFormat.E164)[1:] + "\t" + word

lines = [f"{region}\t{text}\t{answer(region, text)}\n" for region, text in asked]
path = pathlib.Path(__file__).with_name("google-answers.tsv.gz")
with open(path, "wb") as file, gzip.GzipFile(filename="", fileobj=file, mode="wb", mtime=0, compresslevel=9) as packed:
    packed.write("".join(lines).encode())
print(len(lines), "answers,", path.stat().st_size, "bytes")
