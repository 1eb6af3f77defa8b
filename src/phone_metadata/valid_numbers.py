#!/usr/bin/env python3
"""Writes valid_numbers.bin beside itself: which digits are a valid number just as they are written, country code first,
from Google's metadata of phone numbers (libphonenumber, Apache License 2.0) as the Python port `phonenumbers` ships it.

usage: pip install phonenumbers==9.0.42; python3 valid_numbers.py; cargo test phone_metadata

The version is that of the metadata of the crate `rlibphonenumber`. The table is a graph that is walked from its root
digit by digit. A node says of which lengths every number is valid that came here, so that most walks end early; numbers
that end alike share their nodes. valid_numbers.rs says how it is stored.

A number is in the table if Google's library would call it valid and possible, and would not take a national prefix away
when it parses it. Some numbers with such prefixes are left out: parsing decides them, as it did before.
"""
import functools
import pathlib
import re
import struct

import phonenumbers
from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, PhoneMetadata

try:
    from re import _parser as parser
except ImportError:
    import sre_parse as parser

assert phonenumbers.__version__ == "9.0.42", phonenumbers.__version__

DIGITS = "0123456789"
LONGEST = 15  # of E.164, country code included
TYPES = ("premium_rate", "toll_free", "shared_cost", "voip", "personal_number", "pager", "uan", "voicemail",
         "fixed_line", "mobile")


class Pattern:
    """A regular expression over digits, matched digit by digit. A state is the set of places where the match may be."""

    def __init__(self, expression, is_prefix=False):
        self.moves, self.free, self.is_prefix = [], [], is_prefix
        begin = self.place()
        self.end = self.sequence(parser.parse(expression), begin)
        if is_prefix:  # Whatever follows matches too.
            self.moves[self.end].append((DIGITS, self.end))
        self.start = self.closed({begin})
        self.step = functools.cache(self.step)

    def place(self):
        self.moves.append([])
        self.free.append([])
        return len(self.moves) - 1

    def sequence(self, items, at):
        for kind, value in items:
            at = self.item(str(kind), value, at)
        return at

    def item(self, kind, value, at):
        """Adds one item of the expression behind a place; gives the place behind it."""
        if kind == "LITERAL":
            return self.move(at, chr(value))
        if kind == "IN":
            return self.move(at, "".join(map(self.members, value)))
        if kind == "SUBPATTERN":
            return self.sequence(value[-1], at)
        if kind == "BRANCH":
            end = self.place()
            for branch in value[1]:
                begin = self.place()
                self.free[at].append(begin)
                self.free[self.sequence(branch, begin)].append(end)
            return end
        if kind == "MAX_REPEAT" and value[1] != parser.MAXREPEAT:
            least, most, repeated = value
            for _ in range(least):
                at = self.sequence(repeated, at)
            end = self.place()
            self.free[at].append(end)
            for _ in range(most - least):
                at = self.sequence(repeated, at)
                self.free[at].append(end)
            return end
        if kind == "AT" and self.is_prefix:  # `0$`: as if it were a prefix of more numbers.
            return at
        raise ValueError(kind)

    def move(self, at, digits):
        to = self.place()
        self.moves[at].append((digits, to))
        return to

    @staticmethod
    def members(member):
        kind, value = str(member[0]), member[1]
        if kind == "LITERAL":
            return chr(value)
        if kind == "RANGE":
            return "".join(map(chr, range(value[0], value[1] + 1)))
        assert (kind, str(value)) == ("CATEGORY", "CATEGORY_DIGIT"), member
        return DIGITS

    def closed(self, places):
        todo = list(places)
        while todo:
            new = set(self.free[todo.pop()]) - places
            places |= new
            todo += new
        return frozenset(places)

    def step(self, state, digit):
        return self.closed({to for place in state for digits, to in self.moves[place] if digit in digits})

    def accepts(self, state):
        return self.end in state


class Description:
    """A kind of numbers: their pattern and their lengths."""

    def __init__(self, data, add):
        self.pattern = add(Pattern(data.national_number_pattern))
        self.lengths = data.possible_length

    def accepts(self, states, length):
        fits = not self.lengths or length in self.lengths
        return fits and self.pattern.accepts(states[self.pattern.index])


class CallingCode:
    """The numbers of a calling code: one state for each pattern that tells whether they are valid."""

    def __init__(self, code):
        self.patterns, self.regions = [], []
        names = COUNTRY_CODE_TO_REGION_CODE[code]
        for name in names:
            data = PhoneMetadata.metadata_for_region_or_calling_code(code, name)
            types = [getattr(data, name) for name in TYPES]
            types = [Description(type, self.add) for type in types if type and type.national_number_pattern]
            leading = data.leading_digits and self.add(Pattern(data.leading_digits, is_prefix=True))
            self.regions.append((leading, Description(data.general_desc, self.add), types))
        main = PhoneMetadata.metadata_for_region_or_calling_code(code, names[0])
        self.lengths = set(main.general_desc.possible_length) - set(main.general_desc.possible_length_local_only)
        self.changed = self.numbers_that_parsing_changes(main)

    def numbers_that_parsing_changes(self, main):
        """Those with a national prefix before what may be a number; of a prefix that is no plain digits all that begin
        with it."""
        prefix = main.national_prefix_for_parsing
        if not prefix:
            return None
        if re.fullmatch(r"\d+", prefix):
            return self.add(Pattern(f"{prefix}(?:{main.general_desc.national_number_pattern})"))
        return self.add(Pattern(prefix, is_prefix=True))

    def add(self, pattern):
        pattern.index = len(self.patterns)
        self.patterns.append(pattern)
        return pattern

    def start(self):
        return tuple(pattern.start for pattern in self.patterns)

    def step(self, states, digit):
        return tuple(pattern.step(state, digit) for pattern, state in zip(self.patterns, states))

    def accepts(self, states, length):
        """Whether what was read is a valid number of this national length, as it is written."""
        if length not in self.lengths or (self.changed and self.changed.accepts(states[self.changed.index])):
            return False
        for leading, general, types in self.regions:
            is_valid = general.accepts(states, length) and any(type.accepts(states, length) for type in types)
            # The first region counts that has its leading digits, or where the number is valid if it has none.
            if leading.accepts(states[leading.index]) if leading else is_valid:
                return is_valid
        return False


class Graph:
    """The nodes: for each the lengths (a bit each) of which all numbers are valid there, and where each digit leads."""

    def __init__(self):
        self.numbers = {(0, (0,) * 10): 0}  # Where no number is valid.

    def node(self, lengths, next_nodes):
        return self.numbers.setdefault((lengths, tuple(next_nodes)), len(self.numbers))

    def add(self, code):
        """Adds the numbers of a calling code; gives the node behind it."""
        numbers = CallingCode(code)
        longest = LONGEST - len(str(code))

        @functools.cache
        def valid(states, read):
            """The lengths of which all numbers that go on from here are valid, and those of which some are."""
            own = numbers.accepts(states, read) << read
            if read == longest or not any(states):
                return own, own
            after = [valid(numbers.step(states, digit), read + 1) for digit in DIGITS]
            of_all, of_some = own, own
            for length in range(read + 1, longest + 1):
                bits = [(one >> length & 1, other >> length & 1) for one, other in after]
                of_all |= all(bit for bit, _ in bits) << length
                of_some |= any(bit for _, bit in bits) << length
            return of_all, of_some

        @functools.cache
        def node(states, read, open_lengths):
            """The node for numbers of these lengths, which are not decided yet."""
            of_all, of_some = (lengths & open_lengths for lengths in valid(states, read))
            undecided = of_some & ~of_all
            next_nodes = (0,) * 10
            if undecided:
                next_nodes = [node(numbers.step(states, digit), read + 1, undecided) for digit in DIGITS]
            return self.node(of_all << len(str(code)), next_nodes)

        start, every = numbers.start(), (1 << longest + 1) - 1
        # A 0 is lost where a number is kept as an integer.
        first = [node(numbers.step(start, digit), 1, every) if digit != "0" else 0 for digit in DIGITS]
        # No number has no digits: the bit of that length marks the end of the calling code.
        return self.node(1, first)


graph = Graph()
behind = {str(code): graph.add(code) for code in COUNTRY_CODE_TO_REGION_CODE}


def above(prefix):
    """The node for the calling codes that begin with these digits."""
    if prefix in behind:
        return behind[prefix]
    begins = any(code.startswith(prefix) for code in behind)
    return graph.node(0, [above(prefix + digit) for digit in DIGITS]) if begins else 0


root = above("")
assert root == len(graph.numbers) - 1 < 1 << 16, root
table = b"".join(struct.pack("<11H", lengths, *next_nodes) for lengths, next_nodes in graph.numbers)
pathlib.Path(__file__).with_suffix(".bin").write_bytes(table)
print(len(behind), "calling codes,", len(graph.numbers), "nodes,", len(table), "bytes")
