use std::time::{Duration, Instant};

use super::super::fuzz;
use super::*;
use crate::i18n::Language;
use NumberFault::{Ambiguous, Invalid, Length, Missing, Scientific};
use WarningCode::{
    CountryAssumed, ExtensionDropped, MultiplePhones, NumberFromFloat, PhoneLengthUnusual,
    PhoneNormalised, PhoneUnlikely,
};

type Reading = Result<(u64, Vec<WarningCode>), NumberFault>;

fn read(cell: &str, numeric: bool, country: &str, strict: bool) -> Reading {
    let numbers = NumberRules {
        country: country.parse().ok(),
        strict,
        ..NumberRules::default()
    };
    read_number(cell, numeric, numbers)
        .map(|found| {
            (
                found.value.as_u64(),
                found.warnings.iter().map(|warning| warning.code).collect(),
            )
        })
        .map_err(|problem| problem.fault)
}

fn check(country: &str, table: &[(&str, Reading)]) {
    for (cell, expected) in table {
        assert_eq!(
            read(cell, false, country, false),
            *expected,
            "{cell:?} with country {country:?}"
        );
    }
}

#[expect(clippy::unnecessary_wraps, reason = "stands beside Err in the tables")]
fn ok(number: u64, codes: &[WarningCode]) -> Reading {
    Ok((number, codes.to_vec()))
}

const ANNA: u64 = 79_001_234_567;

#[test]
fn what_the_api_takes_passes_silently() {
    let cells = [
        "79001234567",
        " 79001234567 ",
        "\t79001234567\r",
        "79001000000",
    ];
    for cell in cells {
        assert!(
            matches!(read(cell, false, "", true), Ok((_, codes)) if codes.is_empty()),
            "{cell:?}"
        );
    }
    check(
        "",
        &[
            ("380671234567", ok(380_671_234_567, &[])),
            ("375291234567", ok(375_291_234_567, &[])),
        ],
    );
}

#[test]
fn ways_of_writing_are_normalised_and_shown() {
    for cell in [
        "+7 (900) 123-45-67",
        "+7-900-123-45-67",
        "+7\u{a0}900\u{a0}123\u{a0}45\u{a0}67",
        "+7\u{202f}900\u{202f}1234567",
        "+7 900 123–45–67",
        "+7 900 123‑45‑67",
        "＋７９００１２３４５６７",
        "tel:+79001234567",
        "'+79001234567",
        "'79001234567",
        "=\"79001234567\"",
        "тел. +7 900 1234567",
        "моб.: +7-900-1234567",
        "\u{202a}+79001234567\u{202c}",
        "79 001 234 567",
        "7 900 123-45-67",
        "+7 900 123-45-67 (Ольга)",
        "+7 900 123-45-67 (WhatsApp)",
        "+7 (900) 123-45-67;",
    ] {
        assert_eq!(
            read(cell, false, "", false),
            ok(ANNA, &[PhoneNormalised]),
            "{cell:?}"
        );
    }
    let found = read_number("+7 900 123-45-67", false, NumberRules::default()).unwrap();
    assert_eq!(
        found.warnings[0].sentence.localized(Language::En),
        "\"+7 900 123-45-67\" was read as 79001234567"
    );
    check(
        "",
        &[(
            "+44 (0)20 7946 0958",
            ok(442_079_460_958, &[PhoneNormalised]),
        )],
    );
}

#[test]
fn national_forms_need_their_country() {
    let national = || ok(ANNA, &[CountryAssumed, PhoneNormalised]);
    let table = [
        "8 900 123-45-67",
        "89001234567",
        "9001234567",
        "8 10 7 900 123 45 67",
        "моб.: 8-900-1234567",
    ];
    for cell in table {
        check("RU", &[(cell, national())]);
        check("KZ", &[(cell, national())]);
        check("", &[(cell, Err(Invalid))]);
    }
    check(
        "RU",
        &[
            (
                "810 380 67 1234567",
                ok(380_671_234_567, &[CountryAssumed, PhoneNormalised]),
            ),
            ("380671234567", ok(380_671_234_567, &[])),
            ("375291234567", ok(375_291_234_567, &[])),
            ("998901234567", ok(998_901_234_567, &[])),
            ("12125551234", ok(12_125_551_234, &[])),
            (
                "4951234567",
                ok(74_951_234_567, &[CountryAssumed, PhoneNormalised]),
            ),
        ],
    );
    check(
        "BY",
        &[(
            "8 029 123-45-67",
            ok(375_291_234_567, &[CountryAssumed, PhoneNormalised]),
        )],
    );
    check(
        "UA",
        &[(
            "0671234567",
            ok(380_671_234_567, &[CountryAssumed, PhoneNormalised]),
        )],
    );
    check(
        "DE",
        &[(
            "01711234567",
            ok(491_711_234_567, &[CountryAssumed, PhoneNormalised]),
        )],
    );
    check("CN", &[("13012345678", Err(Ambiguous))]);
}

#[test]
fn eleven_digits_that_begin_with_eight_never_pass_as_they_are_in_russia_or_without_a_country() {
    for cell in [
        "89001234567",
        "84951234567",
        "85221234567",
        "84912345678",
        "88001234567",
    ] {
        assert_eq!(read(cell, false, "", false), Err(Invalid), "{cell}");
        for country in ["RU", "KZ"] {
            let phone =
                read(cell, false, country, false).map(|(number, _)| number / 10_000_000_000);
            assert!(matches!(phone, Ok(7) | Err(Invalid)), "{cell} {country}");
        }
    }
    let problem = read_number("89001234567", false, NumberRules::default()).unwrap_err();
    let said = problem.sentence.localized(Language::En);
    assert!(said.contains("--country RU"), "{said}");
    check(
        "",
        &[("+85221234567", ok(85_221_234_567, &[PhoneNormalised]))],
    );
    check(
        "HK",
        &[
            ("85221234567", ok(85_221_234_567, &[])),
            ("89001234567", Err(Invalid)),
        ],
    );
    check("VN", &[("84912345678", ok(84_912_345_678, &[]))]);
}

#[test]
fn a_possible_number_outside_every_range_goes_at_the_persons_word() {
    check(
        "",
        &[
            ("380123456789", ok(380_123_456_789, &[PhoneUnlikely])),
            (" 380123456789", ok(380_123_456_789, &[PhoneUnlikely])),
            ("+380123456789", Err(Invalid)),
            ("380 12 3456789", Err(Invalid)),
            ("790012345678", Err(Invalid)),
        ],
    );
    check(
        "RU",
        &[("380123456789", ok(380_123_456_789, &[PhoneUnlikely]))],
    );
    assert_eq!(read("380123456789", false, "", true), Err(Invalid));
}

#[test]
fn what_a_spreadsheet_did_is_undone_if_no_digit_is_lost() {
    check(
        "",
        &[
            (
                "7,9001234567E+10",
                ok(ANNA, &[NumberFromFloat, PhoneNormalised]),
            ),
            (
                "79001234567.0",
                ok(ANNA, &[NumberFromFloat, PhoneNormalised]),
            ),
            (
                "79001234567,00",
                ok(ANNA, &[NumberFromFloat, PhoneNormalised]),
            ),
            ("7,9001E+10", Err(Scientific)),
            ("7.9E+10", Err(Scientific)),
            ("3,80123E+11", Err(Scientific)),
            ("-1128", Err(Invalid)),
            ("#ЗНАЧ!", Err(Invalid)),
            ("#Н/Д", Err(Invalid)),
            ("#####", Err(Invalid)),
            ("TRUE", Err(Invalid)),
            ("14.07.2026", Err(Invalid)),
            ("14.07.2026 10:30", Err(Invalid)),
            ("", Err(Missing)),
            (" \u{a0}\u{200b}", Err(Missing)),
        ],
    );
    assert_eq!(
        read("79001000000", true, "", false),
        ok(79_001_000_000, &[NumberFromFloat])
    );
    assert_eq!(read("79001234567", true, "", false), ok(ANNA, &[]));
    assert_eq!(read("0", true, "", false), Err(Missing));
}

#[test]
fn of_several_numbers_a_mobile_is_taken_and_the_others_are_told() {
    let taken = || ok(ANNA, &[PhoneNormalised, MultiplePhones]);
    check(
        "",
        &[
            ("+74951234567, +79001234567", taken()),
            ("+7 900 123-45-67; +7 495 123-45-67", taken()),
            ("+79001234567\n+79007654321", taken()),
            ("+79001234567 ::: +79007654321", taken()),
            ("+79001234567 / 123", taken()),
            ("+79001234567+79007654321", taken()),
            ("79001234567, 79007654321", ok(ANNA, &[MultiplePhones])),
            (
                "+79001234567, 7 900 123-45-67",
                ok(ANNA, &[PhoneNormalised]),
            ),
            ("79001234567 / нет", ok(ANNA, &[PhoneNormalised])),
            ("79001234567 / -", ok(ANNA, &[PhoneNormalised])),
            ("+7 900 123-45-67 /нет", ok(ANNA, &[PhoneNormalised])),
            ("79001234567/--", Err(Invalid)),
            ("79001234567 / --", Err(Invalid)),
            ("79001234567 / звонить", Err(Invalid)),
            ("123 / 456", Err(Invalid)),
            ("79001234567 79007654321", Err(Invalid)),
        ],
    );
    let found = read_number("+74951234567, +79001234567", false, NumberRules::default()).unwrap();
    let text = "several numbers: 79001234567 is used, not used: +74951234567";
    assert_eq!(found.warnings[1].sentence.localized(Language::En), text);
}

#[test]
fn a_number_that_must_not_be_used_is_not_used() {
    for cell in [
        "не звонить 79001234567",
        "не писать, 79001234567",
        "79001234567 (не писать)",
        "79001234567 (неверный)",
        "79001234567, отписался",
        "умер 79001234567",
        "79001234567 (умерла)",
        "(старый) 79001234567",
        "старый номер: 79001234567",
        "79001234567 (wrong number)",
        "79001234567 (do not call)",
        "79001234567 (don't call)",
        "79001234567 (STOP)",
        "old: 79001234567",
    ] {
        check("", &[(cell, Err(Invalid))]);
    }
    let read = || ok(ANNA, &[PhoneNormalised]);
    check(
        "",
        &[
            (
                "(старый) 79007654321, (новый) 79001234567",
                ok(ANNA, &[MultiplePhones]),
            ),
            ("79001234567 (Старый Оскол)", read()),
            ("79001234567 (не отвечает)", read()),
            ("79001234567 (Стас Умеров)", read()),
            ("79001234567, нет", read()),
        ],
    );
    let problem = read_number("не звонить 79001234567", false, NumberRules::default()).unwrap_err();
    let said = problem.sentence.localized(Language::En);
    assert!(
        said.starts_with("\"не звонить\" is written beside"),
        "{said}"
    );
}

#[test]
fn two_local_numbers_are_never_joined() {
    for country in ["", "RU"] {
        check(
            country,
            &[
                ("44-12-34/44-12-35", Err(Invalid)),
                ("49-30-12/49-30-13", Err(Invalid)),
                ("44-12-34 / 44-12-35", Err(Invalid)),
                ("44-12-34 44-12-35", Err(Invalid)),
                ("44-12-34 (44-12-35)", Err(Invalid)),
                ("44.12.34 44.12.35", Err(Invalid)),
                ("441234/441235", Err(Invalid)),
                ("441234 441235", Err(Invalid)),
                ("441234-441235", Err(Invalid)),
                ("44123/441235", Err(Invalid)),
                ("34-567/45-678", Err(Invalid)),
                ("34-567 45-678", Err(Invalid)),
                ("34567/45678", Err(Invalid)),
                ("2348/3456/4567", Err(Invalid)),
                ("44-12-34, 44-12-35", Err(Invalid)),
            ],
        );
    }
    let moscow = || ok(74_951_234_567, &[CountryAssumed, PhoneNormalised]);
    check(
        "RU",
        &[
            ("495/123-45-67", moscow()),
            ("(495)/1234567", moscow()),
            ("8-495/123-45-67", moscow()),
            ("8 (495) / 123-45-67", moscow()),
            (
                "44-12-34, 89001234567",
                ok(ANNA, &[CountryAssumed, PhoneNormalised, MultiplePhones]),
            ),
            ("441234 / 79001234567", ok(ANNA, &[MultiplePhones])),
        ],
    );
    let german = |number| ok(number, &[CountryAssumed, PhoneNormalised]);
    check(
        "DE",
        &[
            ("06154/42647", german(49_615_442_647)),
            ("06154/426479", german(496_154_426_479)),
            ("49171/1234567", ok(491_711_234_567, &[PhoneNormalised])),
            ("0049 171/1234567", ok(491_711_234_567, &[PhoneNormalised])),
            ("00 49 171/1234567", ok(491_711_234_567, &[PhoneNormalised])),
            ("0 171/1234567", german(491_711_234_567)),
            (
                "+49 (0) 171/1234567",
                ok(491_711_234_567, &[PhoneNormalised]),
            ),
            ("+49 30 1234/1235", Err(Invalid)),
            ("030 1234/1235", Err(Invalid)),
        ],
    );
    check("IN", &[("98765 43210", german(919_876_543_210))]);
}

#[test]
fn a_number_without_its_area_code_is_not_another_number() {
    for (country, cells) in [
        (
            "DE",
            &["0171/234567890", "06154/426479001", "0171, 234567890"][..],
        ),
        (
            "AT",
            &["0664/1234567890", "0664/12345678901", "0664; 12345678901"],
        ),
        ("IT", &["02/61234567890"]),
        (
            "RU",
            &[
                "8-903/495-123-45-67",
                "8 903, 495-123-45-67",
                "903/ 4951234567",
                "тел. 903, 4951234567",
                "(903), 4951234567",
            ],
        ),
    ] {
        for cell in cells {
            check(country, &[(cell, Err(Invalid))]);
        }
    }
    check(
        "RU",
        &[
            (
                "495, +79001234567",
                ok(ANNA, &[PhoneNormalised, MultiplePhones]),
            ),
            ("кв. 12, 79001234567", ok(ANNA, &[MultiplePhones])),
            ("34-567, 79001234567", ok(ANNA, &[MultiplePhones])),
            ("34-567 / 79001234567", ok(ANNA, &[MultiplePhones])),
            (
                "34-567, 8 900 123-45-67",
                ok(ANNA, &[CountryAssumed, PhoneNormalised, MultiplePhones]),
            ),
            ("1, 79001234567", ok(ANNA, &[MultiplePhones])),
        ],
    );
}

#[test]
fn a_number_as_the_named_country_writes_it_is_of_no_other_country() {
    // Eleven digits are a mobile number of China, though of no known range.
    check("CN", &[("14950967866", Err(Ambiguous))]);
    check("", &[("14950967866", ok(14_950_967_866, &[PhoneUnlikely]))]);
    check(
        "RU",
        &[("380123456789", ok(380_123_456_789, &[PhoneUnlikely]))],
    );
    for (country, cell) in [("CO", "3273896445"), ("US", "358-837-9041")] {
        let numbers = NumberRules {
            country: country.parse().ok(),
            lengths: NumberLengths::Any,
            ..NumberRules::default()
        };
        let fault = read_number(cell, false, numbers).unwrap_err().fault;
        assert_eq!(fault, Ambiguous, "{cell} {country}");
    }
}

/// One row for every kind of cell that tables of phones were seen to hold.
#[test]
#[expect(clippy::too_many_lines, reason = "a table")]
fn every_known_kind_of_phone_cell_is_accepted_normalised_warned_of_or_refused() {
    const TEXT: bool = false;
    const NUMERIC: bool = true;
    let normalised = || ok(ANNA, &[PhoneNormalised]);
    let assumed = || ok(ANNA, &[CountryAssumed, PhoneNormalised]);
    let float = || ok(ANNA, &[NumberFromFloat, PhoneNormalised]);
    let several = || ok(ANNA, &[PhoneNormalised, MultiplePhones]);
    let table: &[(&str, &str, bool, &str, Reading)] = &[
        (
            "as the API takes it",
            "79001234567",
            TEXT,
            "",
            ok(ANNA, &[]),
        ),
        ("spaces around it", " 79001234567 ", TEXT, "", ok(ANNA, &[])),
        (
            "tab and CR at its ends",
            "\t79001234567\r",
            TEXT,
            "",
            ok(ANNA, &[]),
        ),
        ("a number cell", "79001234567", NUMERIC, "", ok(ANNA, &[])),
        (
            "brackets and hyphens",
            "+7 (900) 123-45-67",
            TEXT,
            "",
            normalised(),
        ),
        ("hyphens", "+7-900-123-45-67", TEXT, "", normalised()),
        (
            "U+00A0",
            "+7\u{a0}900\u{a0}123\u{a0}45\u{a0}67",
            TEXT,
            "",
            normalised(),
        ),
        (
            "U+202F",
            "+7\u{202f}900\u{202f}123\u{202f}45\u{202f}67",
            TEXT,
            "",
            normalised(),
        ),
        ("en dash", "+7 900 123–45–67", TEXT, "", normalised()),
        (
            "U+2011",
            "+7 900 123\u{2011}45\u{2011}67",
            TEXT,
            "",
            normalised(),
        ),
        (
            "full-width digits",
            "７９００１２３４５６７",
            TEXT,
            "",
            normalised(),
        ),
        ("tel:", "tel:+79001234567", TEXT, "", normalised()),
        (
            "U+202A and U+202C of phones",
            "\u{202a}+79001234567\u{202c}",
            TEXT,
            "",
            normalised(),
        ),
        (
            "U+200B and U+FEFF",
            "\u{feff}+7900\u{200b}1234567",
            TEXT,
            "",
            normalised(),
        ),
        (
            "apostrophe of amoCRM",
            "'+79001234567",
            TEXT,
            "",
            normalised(),
        ),
        (
            "formula around it",
            "=\"79001234567\"",
            TEXT,
            "",
            normalised(),
        ),
        (
            "a word before it",
            "тел. +7 900 123-45-67",
            TEXT,
            "",
            normalised(),
        ),
        (
            "a word before a national form",
            "моб.: 8-900-123-45-67",
            TEXT,
            "RU",
            assumed(),
        ),
        ("decimals of pandas", "79001234567.0", TEXT, "", float()),
        ("format 0.00", "79001234567,00", TEXT, "", float()),
        (
            "format #,##0",
            "79\u{a0}001\u{a0}234\u{a0}567",
            TEXT,
            "",
            normalised(),
        ),
        ("national form", "8 900 123-45-67", TEXT, "RU", assumed()),
        (
            "national form, digits only",
            "89001234567",
            TEXT,
            "RU",
            assumed(),
        ),
        (
            "national form in Kazakhstan",
            "89001234567",
            TEXT,
            "KZ",
            assumed(),
        ),
        (
            "national form, no country",
            "89001234567",
            TEXT,
            "",
            Err(Invalid),
        ),
        ("ten digits", "9001234567", TEXT, "RU", assumed()),
        (
            "ten digits, no country",
            "9001234567",
            TEXT,
            "",
            Err(Invalid),
        ),
        (
            "810",
            "810 380 67 123 45 67",
            TEXT,
            "RU",
            ok(380_671_234_567, &[CountryAssumed, PhoneNormalised]),
        ),
        ("00", "00 7 900 123 45 67", TEXT, "RU", normalised()),
        (
            "00, no country",
            "00 7 900 123 45 67",
            TEXT,
            "",
            Err(Invalid),
        ),
        (
            "Ukraine without +",
            "380671234567",
            TEXT,
            "RU",
            ok(380_671_234_567, &[]),
        ),
        (
            "Belarus without +",
            "375291234567",
            TEXT,
            "RU",
            ok(375_291_234_567, &[]),
        ),
        (
            "Uzbekistan without +",
            "998901234567",
            TEXT,
            "RU",
            ok(998_901_234_567, &[]),
        ),
        (
            "exponent with all digits",
            "7,9001234567E+10",
            TEXT,
            "",
            float(),
        ),
        ("exponent, Russian", "7,9001E+10", TEXT, "", Err(Scientific)),
        ("exponent, English", "7.9E+10", TEXT, "", Err(Scientific)),
        (
            "exponent of twelve digits",
            "3,80123E+11",
            TEXT,
            "",
            Err(Scientific),
        ),
        (
            "five zeros in text",
            "79001000000",
            TEXT,
            "",
            ok(79_001_000_000, &[]),
        ),
        (
            "five zeros in a number cell",
            "79001000000",
            NUMERIC,
            "",
            ok(79_001_000_000, &[NumberFromFloat]),
        ),
        ("what Excel computed", "-1128", NUMERIC, "", Err(Invalid)),
        ("error of Excel", "#ЗНАЧ!", TEXT, "", Err(Invalid)),
        ("nothing found", "#Н/Д", TEXT, "", Err(Invalid)),
        ("column too narrow", "#####", TEXT, "", Err(Invalid)),
        ("truth value", "TRUE", TEXT, "", Err(Invalid)),
        ("date", "14.07.2026", TEXT, "RU", Err(Invalid)),
        (
            "formula of LibreOffice in .xls",
            "0",
            NUMERIC,
            "",
            Err(Missing),
        ),
        ("comma", "+79001234567, +79007654321", TEXT, "", several()),
        (
            "semicolon",
            "+79001234567; +79007654321",
            TEXT,
            "",
            several(),
        ),
        (
            "line break",
            "+79001234567\n+79007654321",
            TEXT,
            "",
            several(),
        ),
        (
            "Google",
            "+79001234567 ::: +79007654321",
            TEXT,
            "",
            several(),
        ),
        ("slash", "+79001234567 / +79007654321", TEXT, "", several()),
        ("pluses", "+79001234567+79007654321", TEXT, "", several()),
        (
            "a mobile behind a fixed line",
            "+74951234567; +79001234567",
            TEXT,
            "",
            several(),
        ),
        (
            "the same twice",
            "+79001234567, +7 900 123-45-67",
            TEXT,
            "",
            normalised(),
        ),
        (
            "two without a separator",
            "7900123456779007654321",
            TEXT,
            "",
            Err(Invalid),
        ),
        (
            "extension",
            "+7 900 123-45-67 доб. 12",
            TEXT,
            "",
            ok(ANNA, &[ExtensionDropped, PhoneNormalised]),
        ),
        (
            "a name behind it",
            "+79001234567 (Ольга)",
            TEXT,
            "",
            normalised(),
        ),
        (
            "a remark behind it",
            "+79001234567 (WhatsApp)",
            TEXT,
            "",
            normalised(),
        ),
        ("letters O", "79OO1234568", TEXT, "RU", Err(Invalid)),
        ("letter З", "7900123456З", TEXT, "RU", Err(Invalid)),
        ("vanity", "8-800-ZVONOK", TEXT, "RU", Err(Invalid)),
        ("emergency", "112", TEXT, "RU", Err(Invalid)),
        (
            "thirteen digits: China",
            "+86 130 1234 5678",
            TEXT,
            "",
            Err(Length),
        ),
        (
            "thirteen digits: Germany",
            "+49 1512 3456789",
            TEXT,
            "",
            Err(Length),
        ),
        (
            "thirteen digits: Brazil",
            "+55 11 91234 5678",
            TEXT,
            "",
            Err(Length),
        ),
        (
            "ten digits: Norway",
            "+47 412 34 567",
            TEXT,
            "",
            Err(Length),
        ),
        (
            "ten digits: Denmark",
            "+45 32 12 34 56",
            TEXT,
            "",
            Err(Length),
        ),
        (
            "ten digits: Singapore",
            "+65 8123 4567",
            TEXT,
            "",
            Err(Length),
        ),
        (
            "group without its ending",
            "120363025246125486",
            TEXT,
            "",
            Err(Invalid),
        ),
        (
            "group as a number",
            "1.20363E+17",
            TEXT,
            "",
            Err(Scientific),
        ),
        ("taxpayer number", "7707083893", TEXT, "", Err(Invalid)),
    ];
    for (what, cell, numeric, country, expected) in table {
        assert_eq!(
            read(cell, *numeric, country, false),
            *expected,
            "{what}: {cell:?}"
        );
        let numbers = NumberRules {
            country: country.parse().ok(),
            ..NumberRules::default()
        };
        if let Err(problem) = read_number(cell, *numeric, numbers) {
            for language in [Language::En, Language::Ru] {
                let said = problem.sentence.localized(language);
                let shows = problem.fault == Missing || said.contains(*cell);
                assert!(shows && said.len() > cell.len() + 15, "{what}: {said}");
            }
        }
    }
    for (cell, digits) in [
        ("+86 130 1234 5678", "13 digits"),
        ("+47 412 34 567", "10 digits"),
    ] {
        let text = read_number(cell, false, NumberRules::default())
            .unwrap_err()
            .sentence
            .localized(Language::En);
        assert!(
            text.contains(digits) && text.contains("only 11 or 12"),
            "{text}"
        );
    }
}

#[test]
fn a_text_of_any_length_is_read_at_once() {
    let began = Instant::now();
    let several = |count: usize| "+79001234567, ".repeat(count);
    check(
        "",
        &[
            (&several(60), ok(ANNA, &[PhoneNormalised])),
            (&several(100), Err(Invalid)),
            (
                &format!("+79001234567{}", " ".repeat(100_000)),
                ok(ANNA, &[PhoneNormalised]),
            ),
            (
                &format!("+79001234567{}1", "-".repeat(100_000)),
                Err(Invalid),
            ),
        ],
    );
    assert!(
        began.elapsed() < Duration::from_secs(10),
        "{:?}",
        began.elapsed()
    );
}

#[test]
fn an_extension_is_left_out_and_told() {
    check(
        "",
        &[(
            "+7 900 123-45-67 доб. 12",
            ok(ANNA, &[ExtensionDropped, PhoneNormalised]),
        )],
    );
}

#[test]
fn no_letter_is_dropped_and_no_digit_is_invented() {
    check(
        "RU",
        &[
            ("79OO1234568", Err(Invalid)),
            ("7900123456З", Err(Invalid)),
            ("О9001234567", Err(Invalid)),
            ("8-800-ZVONOK", Err(Invalid)),
            ("Ольга", Err(Invalid)),
            ("112", Err(Invalid)),
            ("+7 900 123-45-6", Err(Invalid)),
            ("+7 900 123-45-678", Err(Invalid)),
            ("+7 900 123-+45-67", Err(Invalid)),
            ("+49 30 12345 (Zentrale) 67", Err(Invalid)),
            ("+7 495 954-12 (доб.) 32", Err(Invalid)),
            ("+7 900 123 - +7 495 1234567", Err(Invalid)),
            ("+89001234567", Err(Invalid)),
            ("+8 (495) 123-45-67", Err(Ambiguous)),
            ("+84 95 123 45 67", ok(84_951_234_567, &[PhoneNormalised])),
            ("факс: +74951234567", Err(Invalid)),
            ("79001234567@c.us", Err(Invalid)),
            ("120363025246125486", Err(Invalid)),
            ("+47 91 23 45 67", Err(Length)),
            ("+86 130 1234 5678", Err(Length)),
            ("8613012345678", Err(Length)),
        ],
    );
}

#[test]
fn a_plus_before_a_dialled_eight_is_no_country_code() {
    for country in ["", "DE"] {
        check(
            country,
            &[
                ("+8 (495) 123-45-67", Err(Invalid)),
                ("+8-495-1234567", Err(Invalid)),
            ],
        );
    }
}

#[test]
fn every_problem_says_what_to_do() {
    for (cell, country, hint) in [
        ("9001234567", "", "--country"),
        ("7,9001E+10", "", "set the column to Text"),
        ("+380123456789", "", "write the number as 380123456789"),
        ("+8613012345678", "", "only 11 or 12"),
        ("790012345678", "", "an extra or a missing digit"),
        ("123", "RU", "is not a number of RU"),
        ("79OO1234568", "", "the letter O"),
        ("79001234567@c.us", "", "before the @"),
        ("13012345678", "CN", "with its +"),
    ] {
        let numbers = NumberRules {
            country: country.parse().ok(),
            ..NumberRules::default()
        };
        let text = read_number(cell, false, numbers)
            .unwrap_err()
            .sentence
            .localized(Language::En);
        assert!(text.contains(hint), "{cell}: {text}");
    }
}

#[test]
fn a_zero_in_front_is_never_dropped_without_its_country() {
    let indonesia = [
        "0812-3491-4294",
        "084 99366-6189",
        "0176 34580730",
        "0151 26845377",
        "0079001234567",
    ];
    for cell in indonesia {
        assert_eq!(read(cell, false, "", false), Err(Invalid), "{cell}");
    }
    for cell in [
        "+0812 3491 4294",
        "+0079001234567",
        "+0 812 3491 4294",
        "(+0) 812 3491 4294",
    ] {
        for country in ["", "RU", "ID", "DE"] {
            assert_eq!(
                read(cell, false, country, false),
                Err(Invalid),
                "{cell} {country}"
            );
        }
    }
    for country in ["RU", "TR", "UA"] {
        check(
            country,
            &[
                ("0812-3491-4294", Err(Invalid)),
                ("084 99366-6189", Err(Invalid)),
            ],
        );
    }
    let assumed = |number| ok(number, &[CountryAssumed, PhoneNormalised]);
    check(
        "ID",
        &[
            ("0812-3491-4294", Err(Length)),
            ("0812-3491-429", assumed(628_123_491_429)),
        ],
    );
    check(
        "TR",
        &[
            ("0535 123 45 67", assumed(905_351_234_567)),
            ("0079001234567", ok(ANNA, &[PhoneNormalised])),
        ],
    );
}

#[test]
fn digits_that_stand_apart_make_no_number() {
    for cell in [
        "1) 916 223-45-67",
        "№1 9162234567",
        "[1] 9162234567",
        "кв. 1 916 223-45-67",
        "2) 916 223-45-67",
        "1. 916 223-45-67",
        "1: 916 223-45-67",
        "1 916 223-45-67",
        "1.9162234567",
        "(1) 916 223-45-67",
        "#1 916 223 45 67",
        "+49 30 123456 (2)",
        "+49 30 123456 2",
        "+49 30 123456 [2]",
        "+493012345 3012346",
    ] {
        assert!(
            matches!(read(cell, false, "RU", false), Err(Invalid | Ambiguous)),
            "{cell}"
        );
        let without_country = read(cell, false, "", false);
        let is_of_america = without_country == ok(19_162_234_567, &[PhoneNormalised]);
        let is_plain = cell.starts_with("1 ") || cell.starts_with("1.9");
        assert!(
            is_of_america == is_plain && (is_plain || without_country.is_err()),
            "{cell}"
        );
    }
    let moscow = || ok(74_951_234_567, &[CountryAssumed, PhoneNormalised]);
    check(
        "RU",
        &[
            ("(495) 123-45-67", moscow()),
            ("495) 123-45-67", moscow()),
            ("8 (495) 123-45-67", moscow()),
            ("(8) 495 123-45-67", moscow()),
            ("Ольга 8 495 123-45-67", moscow()),
            ("оф. 5 495 123-45-67", Err(Invalid)),
            (
                "1/916 223-45-67",
                ok(
                    79_162_234_567,
                    &[CountryAssumed, PhoneNormalised, MultiplePhones],
                ),
            ),
        ],
    );
    check(
        "DE",
        &[("+49 30 12345-67", ok(49_301_234_567, &[PhoneNormalised]))],
    );
}

#[test]
fn a_fraction_is_no_number() {
    for cell in ["79001234567.5", "60112345678.5", "79001234567,5"] {
        for numeric in [true, false] {
            assert_eq!(read(cell, numeric, "", false), Err(Invalid), "{cell}");
        }
    }
}

#[test]
fn a_second_reading_counts_only_if_somebody_may_have_meant_it() {
    check(
        "DE",
        &[
            ("491711234567", ok(491_711_234_567, &[])),
            ("33612345678", ok(33_612_345_678, &[])),
        ],
    );
    check("DE", &[("15712345678", Err(Ambiguous))]);
    check("CN", &[("13012345678", Err(Ambiguous))]);
    check("TR", &[("905351234567", ok(905_351_234_567, &[]))]);
}

#[test]
fn a_slash_behind_an_area_code_is_part_of_the_number() {
    let assumed = || ok(491_711_234_567, &[CountryAssumed, PhoneNormalised]);
    check(
        "DE",
        &[
            ("0171/1234567", assumed()),
            ("+49 171/1234567", ok(491_711_234_567, &[PhoneNormalised])),
            ("+32 475/12.34.56", ok(32_475_123_456, &[PhoneNormalised])),
            ("Tel./Fax 0171/1234567", assumed()),
            ("+49 30 123456/57", Err(Invalid)),
            ("030 123456/57", Err(Invalid)),
            (
                "030 1234567/89",
                ok(
                    49_301_234_567,
                    &[CountryAssumed, PhoneNormalised, MultiplePhones],
                ),
            ),
            ("030 123456/789", Err(Length)),
        ],
    );
    check(
        "RU",
        &[(
            "1/9162234567",
            ok(
                79_162_234_567,
                &[CountryAssumed, PhoneNormalised, MultiplePhones],
            ),
        )],
    );
    check(
        "",
        &[("1/9162234567", Err(Invalid)), ("14/07/2026", Err(Invalid))],
    );
}

#[test]
fn old_mobiles_of_mexico_are_read_as_they_are_written_today() {
    let luis = || ok(525_512_345_678, &[PhoneNormalised]);
    check(
        "MX",
        &[("+52 1 55 1234 5678", luis()), ("5215512345678", luis())],
    );
    check(
        "",
        &[
            ("5215512345678", luis()),
            ("525512345678", ok(525_512_345_678, &[])),
        ],
    );
}

#[test]
fn what_is_marked_as_a_fax_is_no_telephone() {
    check(
        "",
        &[
            ("+7 (495) 123-45-67 (факс)", Err(Invalid)),
            (
                "+74951234567(fax), +74957654321",
                ok(74_957_654_321, &[PhoneNormalised, MultiplePhones]),
            ),
            ("ф. +74951234567", Err(Invalid)),
            ("факс +74951234567", Err(Invalid)),
            ("+74951234567 факс", Err(Invalid)),
            ("тел/факс: +79001234567", ok(ANNA, &[PhoneNormalised])),
        ],
    );
}

#[test]
fn signs_of_all_scripts_are_read_and_those_that_reorder_digits_are_not() {
    for cell in [
        "+7\u{ad}900\u{ad}123\u{ad}45\u{ad}67",
        "+7（900）123－45－67",
        "+7 ﹙900﹚ 123﹣45﹣67",
        "+७ ९०० १२३ ४५ ६७",
        "+7 900 123-45-67\u{2800}",
        "+7·900·123·45·67",
    ] {
        assert_eq!(
            read(cell, false, "", false),
            ok(ANNA, &[PhoneNormalised]),
            "{cell}"
        );
    }
    check(
        "",
        &[
            ("+7900\u{202e}7654321", Err(Invalid)),
            ("+79001234567²", Err(Invalid)),
        ],
    );
    let problem = read_number("+7900123\u{202e}4567", false, NumberRules::default()).unwrap_err();
    assert!(problem.sentence.localized(Language::En).contains("U+202E"));
}

#[test]
fn any_possible_length_goes_if_the_person_says_so() {
    let any = |cell, country: &str| {
        let numbers = NumberRules {
            country: country.parse().ok(),
            lengths: NumberLengths::Any,
            ..NumberRules::default()
        };
        read_number(cell, false, numbers)
            .map(|found| {
                (
                    found.value.as_u64(),
                    found.warnings.iter().map(|warning| warning.code).collect(),
                )
            })
            .map_err(|problem| problem.fault)
    };
    let unusual = |number| ok(number, &[PhoneLengthUnusual, PhoneNormalised]);
    for (cell, country, expected) in [
        ("+47 412 34 567", "", unusual(4_741_234_567)),
        ("4741234567", "", ok(4_741_234_567, &[PhoneLengthUnusual])),
        ("+86 130 1234 5678", "", unusual(8_613_012_345_678)),
        (
            "5511987654321",
            "",
            ok(5_511_987_654_321, &[PhoneLengthUnusual]),
        ),
        ("+7 900 123-45-6", "", Err(Invalid)),
        ("0812-3491-4294", "", Err(Invalid)),
        (
            "0812-3491-4294",
            "ID",
            ok(
                6_281_234_914_294,
                &[CountryAssumed, PhoneLengthUnusual, PhoneNormalised],
            ),
        ),
        ("79001234567", "", ok(ANNA, &[])),
        (
            "9001234567",
            "RU",
            ok(ANNA, &[CountryAssumed, PhoneNormalised]),
        ),
        ("123456", "", Err(Invalid)),
        ("13012345678", "CN", Err(Ambiguous)),
        (
            "+81 3 1234 5678",
            "ID",
            ok(81_312_345_678, &[PhoneNormalised]),
        ),
        ("81312345678", "ID", Err(Ambiguous)),
    ] {
        assert_eq!(any(cell, country), expected, "{cell} {country}");
    }
}

#[test]
fn a_number_of_a_results_file_is_never_read_as_one_of_the_country() {
    let read = |cell, country: &str, are_results| {
        let numbers = NumberRules {
            country: country.parse().ok(),
            are_results,
            ..NumberRules::default()
        };
        read_number(cell, false, numbers)
            .map(|found| found.value.as_u64())
            .map_err(|problem| problem.fault)
    };
    // Hanoi, as the results write it.
    assert_eq!(read("+84 951 234 567", "RU", false), Ok(84_951_234_567));
    assert_eq!(
        read("84951234567", "RU", false),
        Ok(74_951_234_567),
        "as people dial Moscow"
    );
    assert_eq!(read("84951234567", "RU", true), Err(Ambiguous));
    assert_eq!(read("84951234567", "", true), Ok(84_951_234_567));
    assert_eq!(read("79001234567", "RU", true), Ok(ANNA));
    assert_eq!(
        read("89001234567", "RU", true),
        Ok(ANNA),
        "a person corrected it"
    );
}

#[test]
fn a_number_that_is_sent_to_is_one_run_of_the_digits_that_the_cell_shows() {
    let mut random = fastrand::Rng::with_seed(12);
    let marks = [
        "", "", " ", "-", ".", "(", ")", "/", "+", ", ", "доб. ", "№", "1) ", "0", "00", "8", "x",
        "[", "]",
    ];
    let starts = [
        "+7", "8", "+49", "0", "+54 9", "549", "521", "+52 1", "+39 0", "1", "+1", "", "+55", "55",
        "+44 (0)",
    ];
    let countries = [
        "", "RU", "DE", "AR", "MX", "BR", "US", "IT", "GB", "ID", "SM", "CN",
    ];
    let mut read = 0;
    for _ in 0..60_000 {
        let mut cell = starts[random.usize(..starts.len())].to_owned();
        for _ in 0..random.usize(1..6) {
            cell += marks[random.usize(..marks.len())];
            let length = random.u32(1..5);
            cell += &random.u32(..10_u32.pow(length)).to_string();
        }
        let lengths = if random.bool() {
            NumberLengths::Any
        } else {
            NumberLengths::Documented
        };
        let country = countries[random.usize(..countries.len())].parse().ok();
        let numbers = NumberRules {
            country,
            lengths,
            ..NumberRules::default()
        };
        read += u32::from(fuzz::check_number(&cell, false, numbers));
    }
    assert!(read > 500, "{read}");
}

#[test]
fn a_number_cell_that_shows_more_than_its_number_is_read_as_it_shows() {
    for (cell, country, expected) in [
        (
            "+1 (917) 555-1235",
            "RU",
            ok(19_175_551_235, &[PhoneNormalised]),
        ),
        ("+7 900.123.45.67", "", ok(ANNA, &[PhoneNormalised])),
        (
            "+7 (900) 120-00-00",
            "",
            ok(79_001_200_000, &[NumberFromFloat, PhoneNormalised]),
        ),
        ("015112345678", "", Err(Invalid)),
        ("09001234567", "RU", Err(Invalid)),
        ("9001234.567", "RU", Err(Invalid)),
    ] {
        assert_eq!(read(cell, true, country, false), expected, "{cell}");
    }
}

fn read_any(cell: &str, country: &str) -> Reading {
    let numbers = NumberRules {
        country: country.parse().ok(),
        lengths: NumberLengths::Any,
        ..NumberRules::default()
    };
    read_number(cell, false, numbers)
        .map(|found| {
            (
                found.value.as_u64(),
                found.warnings.iter().map(|warning| warning.code).collect(),
            )
        })
        .map_err(|problem| problem.fault)
}

/// Countries whose numbers have several lengths: there, digits after a number make another number.
const OF_SEVERAL_LENGTHS: [&str; 7] = [
    "+49 30 1234567",
    "+49 30 12345",
    "+62 812-345-678",
    "+43 1 23456",
    "+358 9 12345",
    "+46 8 123456",
    "+39 06 12345",
];

#[test]
fn digits_that_stand_apart_behind_a_number_are_never_joined_to_it() {
    let ends = [
        " (9-17)",
        " 9-17",
        " 9–17",
        " 10-18",
        " 9 - 17",
        " 10:00",
        " 10:00-18:00",
        " 9.00-18.00",
        " 10.00",
        " 24/7",
        " 24 / 7",
        " 2026",
        " (2026)",
        " 12.11.26",
        " 11/2026",
        " *2",
        "*2",
        "**2",
        "* 2",
        " (*2)",
        "~2",
        "::2",
        "..2",
        "'2'",
        " - 2",
        " -2",
        " 2",
        "  2",
        "  12",
        ".2",
        " .0",
        "²",
        " (2)",
        " (2) 3",
    ];
    for number in OF_SEVERAL_LENGTHS {
        for end in ends {
            let cell = format!("{number}{end}");
            for country in ["", "RU", "DE"] {
                assert!(read(&cell, false, country, false).is_err(), "{cell}");
                assert!(read_any(&cell, country).is_err(), "{cell} of any length");
            }
        }
    }
}

#[test]
fn decimals_and_thousands_do_not_take_the_plus_from_a_number() {
    for cell in ["+9175551235.00", "+9175551235,00", "+9,175,551,235"] {
        assert_eq!(read(cell, false, "RU", false), Err(Invalid), "{cell}");
    }
    assert_eq!(
        read("+79001234567,00", false, "", false),
        ok(ANNA, &[NumberFromFloat, PhoneNormalised])
    );
}

#[test]
fn digits_that_a_sign_hides_are_no_number() {
    let masks = [
        "*", "**", "****", "•", "••", "…", "..", "--", "––", "··", "//", "_", "__", "#", "##", "x",
        "xx", "X", "?", "×", "●", "~", "::",
    ];
    for mask in masks {
        for (before, behind) in [
            ("+62 812 34", "5678"),
            ("+43 664 123", "567"),
            ("+49 30 123", "4567"),
            ("+46 8 12", "5678"),
        ] {
            let cell = format!("{before}{mask}{behind}");
            assert!(read(&cell, false, "", false).is_err(), "{cell}");
            assert!(read_any(&cell, "").is_err(), "{cell} of any length");
        }
    }
    for cell in [
        "+49 30 123456**",
        "+49 30 123456••",
        "+49 30 123456..",
        "+** 812 345 6789",
    ] {
        assert_eq!(read(cell, false, "", false), Err(Invalid), "{cell}");
    }
    let problem = read_number("+62 812 34**5678", false, NumberRules::default()).unwrap_err();
    let said = problem.sentence.localized(Language::En);
    assert!(said.contains("the character *"), "{said}");
}

#[test]
fn numbers_that_people_write_are_read_in_countries_of_several_lengths_too() {
    let normalised = |number| ok(number, &[PhoneNormalised]);
    let assumed = |number| ok(number, &[CountryAssumed, PhoneNormalised]);
    check(
        "",
        &[
            ("+49 30 12345-67", normalised(49_301_234_567)),
            ("+49 30 123456-78", normalised(493_012_345_678)),
            ("+49 30 12345 - 67", normalised(49_301_234_567)),
            ("+49 30 123456-0", normalised(49_301_234_560)),
            ("+49 (0)30 1234567", normalised(49_301_234_567)),
            ("+49 (0) 30 / 12345-67", normalised(49_301_234_567)),
            ("+49 30 123 45-67", normalised(49_301_234_567)),
            ("+49 30  1234567", normalised(49_301_234_567)),
            ("+49.30.1234567", normalised(49_301_234_567)),
            ("+33 1 23 45 67 89", normalised(33_123_456_789)),
            ("+33 1 23 45 12 17", normalised(33_123_451_217)),
            ("+7 900 123 - 45 - 67", normalised(ANNA)),
            ("+7 (900)-123-45-67", normalised(ANNA)),
            ("+7 900 123  45  67", normalised(ANNA)),
            ("+7 900 123 12-17", normalised(79_001_231_217)),
            ("+7 900 123-20-26", normalised(79_001_232_026)),
            ("+7 (900) 123-45-67*", normalised(ANNA)),
            ("*+7 900 123-45-67*", normalised(ANNA)),
            ("• +7 900 123-45-67", normalised(ANNA)),
            ("+44 20 7946 2026", normalised(442_079_462_026)),
            ("+62 812 3456 789", normalised(628_123_456_789)),
            ("+39 06 1234 5678", normalised(390_612_345_678)),
            (
                "+33 1 23 45 67 24 / 25",
                ok(33_123_456_724, &[PhoneNormalised, MultiplePhones]),
            ),
            (
                "+79001234567 • +79007654321",
                ok(ANNA, &[PhoneNormalised, MultiplePhones]),
            ),
            (
                "+49 30 1234567 ext. 12",
                ok(49_301_234_567, &[ExtensionDropped, PhoneNormalised]),
            ),
            (
                "+49 30 1234567x12",
                ok(49_301_234_567, &[ExtensionDropped, PhoneNormalised]),
            ),
        ],
    );
    check(
        "DE",
        &[
            ("030/1234567", assumed(49_301_234_567)),
            ("030 / 12345 - 67", assumed(49_301_234_567)),
        ],
    );
    check("RU", &[("8 (900) 123 45 67", assumed(ANNA))]);
    check("IT", &[("06 1234 5678", assumed(390_612_345_678))]);
    let danish = &[CountryAssumed, PhoneLengthUnusual, PhoneNormalised];
    assert_eq!(read_any("32 12 34 56", "DK"), ok(4_532_123_456, danish));
}

#[test]
fn zeros_of_a_spreadsheet_are_left_out_in_every_grouping_if_the_rest_is_a_number() {
    let restored = |number| ok(number, &[NumberFromFloat, PhoneNormalised]);
    for cell in [
        "+49 30 1234567",
        "+49(30)1234567",
        "+49 (30) 123-4567",
        "+49 30 123 45 67",
    ] {
        for zeros in [".0", ".00", ",0", ",00"] {
            let cell = format!("{cell}{zeros}");
            assert_eq!(
                read(&cell, false, "", false),
                restored(49_301_234_567),
                "{cell}"
            );
        }
    }
    check(
        "RU",
        &[
            ("+62 812-345-678.0", restored(62_812_345_678)),
            ("+33 1 23 45 67 12.00", restored(33_123_456_712)),
            (
                "8-900-123-45.00",
                ok(79_001_234_500, &[CountryAssumed, PhoneNormalised]),
            ),
            ("+49.30.1234567.0", Err(Ambiguous)),
            ("+43 1 23456 10.00", Err(Invalid)),
            ("+43 1 2345678 10.00", Err(Invalid)),
        ],
    );
}
