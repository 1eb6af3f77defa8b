#!/usr/bin/env python3
"""Writes area_zones.rs beside itself: the time zones of the area codes of countries with several zones, from Google's
time-zone data of phone numbers (libphonenumber, resources/timezones/map_data.txt, Apache License 2.0) as the Python port
`phonenumbers` ships them.

usage: pip install phonenumbers==9.0.42 tzdata; python3 area_zones.py; cargo fmt

The version is that of the metadata of the crate `rlibphonenumber`. Changes to the data:
- An area code is the smallest unit: it has all zones that Google names anywhere in it. Google lists exchanges that lie in
  another zone, and gives new ones the zone of the rest, which is often wrong.
- Zones of other countries of the same calling code are left out, and countries that we have not checked.
- `CORRECTED` and `OVERLAYS` below; each was found by comparing the zones with the places of Google's geocoding data.
"""
import pathlib
import phonenumbers
from phonenumbers.tzdata import TIMEZONE_DATA
import importlib.resources

assert phonenumbers.__version__ == "9.0.42", phonenumbers.__version__

# Calling codes, the countries of several zones there, and the digits of an area code at most, with the calling code.
COUNTRIES = {
    "1": (["US", "CA"], 4), "7": (["RU"], 4), "34": (["ES"], 5), "351": (["PT"], 6), "52": (["MX"], 5),
    "55": (["BR"], 4), "593": (["EC"], 4), "61": (["AU"], 3), "62": (["ID"], 5), "64": (["NZ"], 5), "86": (["CN"], 3),
}
# Leading digits of mobiles and other numbers that show no place. They are never looked up.
NO_AREAS = ("346", "347", "3516", "3519", "5939", "614", "628", "642", "780", "79")
# Places of few people whose numbers Google lists one by one: there the listed numbers alone are theirs.
LISTED = {"Australia/Lord_Howe", "Australia/Eucla", "Indian/Christmas", "Indian/Cocos"}
# A code that serves the area of another one has its zones.
OVERLAYS = {
    "1236": "1250", "1257": "1250", "1672": "1250", "1778": "1250",  # British Columbia
    "1273": "1418", "1367": "1418", "1581": "1418",  # Quebec
    "1364": "1270", "1448": "1850", "1458": "1541", "1474": "1306", "1689": "1407", "1879": "1709",
    "1930": "1812", "52657": "52656", "52663": "52664",
}
CORRECTED = {
    # The west of the Aleutian Islands keeps a clock of its own; no exchange of Alaska keeps Hawaii's.
    "1907": ["America/Adak", "America/Anchorage"],
    # Kaliningrad keeps no summer time as Bucharest does; Saratov left Moscow's time in 2016; Yakutia has three zones.
    "740": ["Europe/Kaliningrad"], "7845": ["Europe/Saratov"],
    "7411": ["Asia/Yakutsk", "Asia/Vladivostok", "Asia/Magadan"],
    # Para left Manaus' time in 2008; the west of Amazonas keeps Acre's; single misplaced exchanges.
    "5591": ["America/Belem"], "5593": ["America/Belem"], "5594": ["America/Belem"],
    "5597": ["America/Manaus", "America/Eirunepe"],
    "5555": ["America/Sao_Paulo"], "5567": ["America/Campo_Grande"], "5569": ["America/Porto_Velho"], "5592": ["America/Manaus"],
    # Chihuahua left Mazatlan's time in 2022; along the border some municipalities keep the clocks of Texas.
    **{f"52{area}": ["America/Chihuahua"] for area in (614, 621, 625, 627, 628, 629, 635, 636, 639, 648, 652, 659)},
    "52649": ["America/Chihuahua", "America/Mexico_City"], "52868": ["America/Matamoros"],
    **{f"52{area}": ["America/Matamoros", "America/Mexico_City"] for area in (862, 891, 892, 894, 897)},
    # Western Australia; South Australia and the Northern Territory.
    "618": ["Australia/Adelaide", "Australia/Darwin", "Australia/Perth"],
    "6185": ["Australia/Perth"], "6186": ["Australia/Perth"], "6189": ["Australia/Perth"],
    "6187": ["Australia/Adelaide", "Australia/Darwin"], "6188": ["Australia/Adelaide", "Australia/Darwin"],
    # Caceres is on the mainland; the South Island shares a code with the Chatham Islands.
    "34827": ["Europe/Madrid"], "64330": ["Pacific/Auckland", "Pacific/Chatham"],
}


def countries_of_zones():
    """Of every zone its countries, by the time-zone database."""
    tab = importlib.resources.files("tzdata.zoneinfo").joinpath("zone.tab").read_text()
    rows = (line.split("\t") for line in tab.splitlines() if not line.startswith("#"))
    return {row[2].strip(): row[0] for row in rows}


def areas(code, regions, longest):
    """Of every area code its zones."""
    zone_country, found = countries_of_zones(), {}
    google = {
        prefix: zones for prefix, zones in TIMEZONE_DATA.items()
        if prefix.startswith(code) and len(prefix) > len(code) and not prefix.startswith(NO_AREAS)
    }
    for prefix, zones in google.items():
        listed = [zone for zone in zones if zone in LISTED]
        theirs = {zone for zone in zones if zone_country.get(zone) in regions and zone not in LISTED}
        if listed:
            found[prefix] = set(listed) | theirs
        elif theirs or prefix in CORRECTED:
            area = prefix[:longest]
            # What Google does not list of an area has the zones of the next shorter prefix.
            rest = next((google[area[:n]] for n in range(longest, len(code), -1) if area[:n] in google), ())
            rest = {zone for zone in rest if zone_country.get(zone) in regions}
            found.setdefault(area, set()).update(theirs, rest)
    found |= {prefix: set(zones) for prefix, zones in CORRECTED.items() if prefix.startswith(code)}
    for overlay, area in OVERLAYS.items():
        if area in found:
            found[overlay] = set(found[area])
    return found


def merged(found):
    """Without the prefixes that say the same as the next shorter one."""
    def above(prefix):
        return next((found[prefix[:n]] for n in range(len(prefix) - 1, 0, -1) if prefix[:n] in found), None)
    return {prefix: zones for prefix, zones in found.items() if zones != above(prefix)}


table = {}
for code, (regions, longest) in COUNTRIES.items():
    found = areas(code, regions, longest)
    if code == "86":  # Every area: the whole country.
        assert len(found) == 9 and all(zones == {"Asia/Shanghai"} for zones in found.values())
        found = {"86": {"Asia/Shanghai"}}
    for prefix, zones in merged(found).items():
        table.setdefault(tuple(sorted(zones)), []).append(prefix)

lines = [
    "//! The time zones of area codes. Written by `area_zones.py`, which names each change: do not edit.",
    "//!",
    "//! Source: libphonenumber 9.0.42, `resources/timezones/map_data.txt`.",
    "//! Copyright (C) 2012 The Libphonenumber Authors. Licensed under the Apache License, Version 2.0: see NOTICE.",
    "",
    "/// Zones, and the leading digits of the numbers that have them. The longest that fits a number counts.",
    "#[rustfmt::skip]",
    '#[expect(clippy::unreadable_literal, reason = "digits of phone numbers")]',
    f"pub(super) static AREAS: [(&[&str], &[u32]); {len(table)}] = [",
]
for zones in sorted(table):
    lines.append("    (&[" + ", ".join(f'"{zone}"' for zone in zones) + "], &[")
    row = "       "
    for prefix in sorted(table[zones], key=int):
        if len(row) + len(prefix) + 2 > 100:
            lines.append(row)
            row = "       "
        row += f" {prefix},"
    lines += [row, "    ]),"]
lines.append("];")
pathlib.Path(__file__).with_name("area_zones.rs").write_text("\n".join(lines) + "\n")
print(sum(map(len, table.values())), "prefixes,", len(table), "lists of zones")
