use std::io::Write;

use super::super::{Cell, Input, open};
use super::*;
use crate::formats::table::{OtherTables, TableRow};

fn read(path: &Path, reading: &ReadOptions) -> Result<(Vec<String>, u64), FileProblem> {
    let Input::Table(mut table) = open(path, reading)? else {
        panic!("no table")
    };
    assert_eq!(table.layout().format, Format::Html);
    let (mut row, mut rows) = (TableRow::default(), Vec::new());
    while table.read_row(&mut row)? {
        let cell = |cell: &Cell| cell.text.clone() + if cell.numeric { "#" } else { "" };
        rows.push(format!(
            "{}:{}",
            row.number,
            row.cells.iter().map(cell).collect::<Vec<_>>().join("|")
        ));
    }
    Ok((rows, table.hidden_rows()))
}

fn file(html: &[u8]) -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::with_suffix(".xls").unwrap();
    file.write_all(html).unwrap();
    file
}

fn data(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/data")
        .join(name)
}

#[test]
fn pages_of_crms_are_read_in_their_own_encodings() {
    let expected = [
        "1:ID|Контакт|Мобильный телефон",
        "2:1|Анна\u{A0}Петрова «Лютик» & Ко|79001234567",
        "3:2|Иван\nСидоров|79001234568\n79001234569",
        "6:Вера||79001234571",
        "7:6|Пётр Орлов|79001234572",
        "8:|Глеб\nвнутри ещё|79001234573",
    ];
    for name in ["bitrix.xls", "amo-1251.xls"] {
        let (rows, hidden) = read(&data(name), &ReadOptions::default()).unwrap();
        assert_eq!(
            (&rows[..], hidden),
            (&expected.map(str::to_owned)[..], 1),
            "{name}"
        );
        let all = ReadOptions {
            include_hidden: true,
            ..ReadOptions::default()
        };
        assert_eq!(
            read(&data(name), &all).unwrap().0[3],
            "4:3|Скрытый|79001234570",
            "{name}"
        );
    }
}

#[test]
fn what_libreoffice_writes_is_read() {
    let (rows, _) = read(&data("libreoffice.html"), &ReadOptions::default()).unwrap();
    assert_eq!(
        rows,
        [
            "1:Имя|Город|Телефон",
            "2:Анна|Москва|79001110001#",
            "3:Пётр|Москва|79001110003#"
        ]
    );
}

#[test]
fn the_table_that_is_meant_is_found_and_its_rows_keep_their_columns() {
    let table = [
        ("<table><tr><td>a<td>b<tr><td>c<td>d</table>", "1:a|b;2:c|d"),
        (
            "<table><td>a</td><td>b</td></tr><tr><td>c</td></table>",
            "1:a|b;2:c",
        ),
        (
            "<table><tr><td>Title</table><table><tr><td>a<td>b<tr><td>c<td>d</table>",
            "1:a|b;2:c|d",
        ),
        (
            "<table><tr><td><table><tr><td>a<td>b<tr><td>c<td>d</table></table>",
            "1:a|b;2:c|d",
        ),
        (
            "<table><tr><td>a<td><table><tr><td>x<td>y<tr><td>z<td>w</table><tr><td>c<td>d</table>",
            "1:a|x y\nz w;2:c|d",
        ),
        (
            "<table><tr><td>79001234567<tr><td>79001234568</table>",
            "1:79001234567;2:79001234568",
        ),
        ("<table><tr><td>a<td>b</table>", "1:a|b"),
        (
            "<table><tr><td rowspan=3>a<td>b<td rowspan=2>c<tr><td>d<td>e<tr><td>f</table>",
            "1:a|b|c;2:|d||e;3:|f",
        ),
        (
            "<table><tr><td rowspan=0>a<td>b<tr><td>c<tr><td>d<tr><td>e</table>",
            "1:a|b;2:|c;3:|d;4:|e",
        ),
        (
            "<table><tbody><tr><td rowspan=0>a<td>b<tr><td>c</tbody><tr><td>d<td>e</table>",
            "1:a|b;2:|c;3:d|e",
        ),
        (
            "<table><thead><tr><th rowspan=3>a<th>b</thead><tr><td>c<td>d</table>",
            "1:a|b;2:c|d",
        ),
        (
            "<table><tr><td rowspan=0>a<td>b<tbody><tr><td>c<td>d</table>",
            "1:a|b;2:c|d",
        ),
        (
            "<table><tr><td colspan=0>a<td colspan=9999>b<td colspan=2>c<td>d</table>",
            "1:a|b|c||d",
        ),
        (
            "<table><thead><tr><th>a<th>b<tbody><tr><td>c<td>d</tbody><tfoot><tr><td>e</table>",
            "1:a|b;2:c|d;3:e",
        ),
        (
            "<table><tr><td>a<td><p>b</p><p>c</p><tr><td><b>d</b>e<td></table>",
            "1:a|b\nc;2:de",
        ),
        ("<table></table><table><tr><td>a<td>b</table>", "1:a|b"),
    ];
    for (html, expected) in table {
        let html = format!("<html><body>{html}</body></html>");
        let (rows, _) = read(file(html.as_bytes()).path(), &ReadOptions::default()).unwrap();
        assert_eq!(rows.join(";"), expected, "{html}");
    }
}

#[test]
fn a_page_that_cannot_be_followed_is_told() {
    let long = format!(
        "<table><tr><td>a<td>b<tr><td>{}</table>",
        "<b>x</b>".repeat(2 << 20)
    );
    let table: &[(&[u8], &str, Option<u64>)] = &[
        (
            b"<html><body>Please log in</body></html>",
            "html_damaged",
            None,
        ),
        (b"<html><table><tr></tr></table>", "html_damaged", None),
        (
            b"<html><table><tr><td>a<td>b</tr><tr><td>c<td>d</tr><tr><td>e</td>",
            "html_damaged",
            Some(3),
        ),
        (
            b"<html><table><tr><td>a<td>b<tr><td>c<td>d<tr><td",
            "html_damaged",
            Some(3),
        ),
        (
            b"<meta charset=utf-8><table><tr><td>a<td>b<tr><td>\xC0<td>d</table>",
            "encoding_unknown",
            Some(2),
        ),
        (long.as_bytes(), "line_too_long", Some(2)),
    ];
    for (html, code, row) in table {
        let problem = read(file(html).path(), &ReadOptions::default()).unwrap_err();
        let shown = String::from_utf8_lossy(&html[..html.len().min(80)]);
        assert_eq!(
            (problem.code().as_str(), problem.row()),
            (*code, *row),
            "{shown}"
        );
    }
}

/// The rows of a page, how many are hidden, and which other tables are not read.
fn page(html: &str, reading: &ReadOptions) -> Result<(String, u64, OtherTables), FileProblem> {
    let file = file(format!("<html><meta charset=utf-8><body>{html}</body></html>").as_bytes());
    let Input::Table(mut table) = open(file.path(), reading)? else {
        panic!("no table")
    };
    let (mut row, mut rows) = (TableRow::default(), Vec::new());
    while table.read_row(&mut row)? {
        let cells: Vec<&str> = row.cells.iter().map(|cell| cell.text.as_str()).collect();
        rows.push(format!("{}:{}", row.number, cells.join("|")));
    }
    Ok((rows.join(";"), table.hidden_rows(), table.other_tables()))
}

#[test]
fn what_a_browser_does_not_show_is_a_hidden_row() {
    let hidden = "<tr><td>Скрыт<td>79001234560";
    for (before, around, after) in [
        ("", hidden.replace("<tr>", "<tr hidden>"), ""),
        ("", hidden.replace("<tr>", "<tr HIDDEN=\"\" class=x>"), ""),
        (
            "",
            hidden.replace("<tr>", "<tr style='color:red; Display : NONE !important'>"),
            "",
        ),
        (
            "",
            hidden.replace("<tr>", "<tr style=visibility:collapse>"),
            "",
        ),
        (
            "",
            hidden.replace("<tr>", "<tr style=\"visibility: hidden\">"),
            "",
        ),
        (
            "",
            hidden.replace("<tr>", "<tr style='mso-yfti-irow:1;mso-hide:all'>"),
            "",
        ),
        (
            "",
            format!("<tbody style='display:none'>{hidden}</tbody>"),
            "",
        ),
        ("", format!("<tbody hidden>{hidden}<tbody>"), ""),
        (
            "<style>.off { display: none }</style>",
            hidden.replace("<tr>", "<tr class='a off'>"),
            "",
        ),
        (
            "<style>tr#n1{display:none}</style>",
            hidden.replace("<tr>", "<tr id=n1>"),
            "",
        ),
        (
            "<style>.off tr{display:none}</style>",
            format!("<tbody class=off>{hidden}</tbody>"),
            "",
        ),
        (
            "",
            hidden.replace("<tr>", "<tr class=off>"),
            "<style>table .off{visibility:collapse}</style>",
        ),
    ] {
        let html = format!(
            "{before}<table><tr><th>Имя<th>Телефон</tr>{around}<tr><td>Анна<td>79001234567</table>{after}"
        );
        let expected = "1:Имя|Телефон;3:Анна|79001234567".to_owned();
        let seen = page(&html, &ReadOptions::default()).unwrap();
        assert_eq!(seen, (expected, 1, OtherTables::default()), "{html}");
        let all = ReadOptions {
            include_hidden: true,
            ..ReadOptions::default()
        };
        let rows = page(&html, &all).unwrap().0;
        assert_eq!(
            rows, "1:Имя|Телефон;2:Скрыт|79001234560;3:Анна|79001234567",
            "{html}"
        );
    }
}

#[test]
fn text_and_cells_that_are_not_shown_are_no_text_and_no_cells() {
    for (cells, expected) in [
        (
            "<td>Анна<span style='display:none'> (79001230000)</span><td>1",
            "1:Анна|1",
        ),
        ("<td>Анна<span hidden>x<b>y</span> П.<td>1", "1:Анна П.|1"),
        ("<td>Анна<span style='visibility:hidden'>x<td>1", "1:Анна|1"),
        ("<td>Анна<td hidden>7<td>1", "1:Анна|1"),
        (
            "<td>Анна<td style='visibility:hidden' x:num=7>7<td>1",
            "1:Анна||1",
        ),
        (
            "<td>Анна<comment>x</comment><td>1<style>comment{display:none}</style>",
            "1:Анна|1",
        ),
        ("<td>Анна<template><td>x</template><td>1", "1:Анна|1"),
        ("<td>Анна<p>a<o:p></o:p></p><td>1", "1:Анна\na|1"),
        ("<td>a<table hidden><tr><td>x</table>b<td>1", "1:a\nb|1"),
    ] {
        let html = format!("<table><tr>{cells}</table>");
        assert_eq!(
            page(&html, &ReadOptions::default()).unwrap().0,
            expected,
            "{html}"
        );
    }
}

#[test]
fn a_hidden_table_is_never_the_one_that_is_meant() {
    let table =
        |name: &str| format!("<table><tr><td>Имя<td>Тел<tr><td>{name}<td>79001234567</table>");
    let (hidden, shown) = (
        table("Скрыт").replace("<table>", "<table style='display:none'>"),
        table("Анна"),
    );
    let people = |name: &str| format!("1:Имя|Тел;2:{name}|79001234567");
    let found = ReadOptions::default();
    for html in [
        format!("{hidden}{shown}"),
        format!("<div hidden>{}</div>{shown}", table("Скрыт")),
    ] {
        let (rows, _, others) = page(&html, &found).unwrap();
        assert_eq!(
            (rows, others),
            (people("Анна"), OtherTables::default()),
            "{html}"
        );
    }
    // Its rows are hidden rows of the list, if it is one of the same headings.
    assert_eq!(page(&format!("{shown}{hidden}"), &found).unwrap().1, 1);
    let all = ReadOptions {
        include_hidden: true,
        ..ReadOptions::default()
    };
    let rows = page(&format!("{shown}{hidden}"), &all).unwrap().0;
    assert_eq!(rows, people("Анна") + ";4:Скрыт|79001234567");
    let problem = page(&hidden, &found).unwrap_err();
    assert_eq!(problem.code().as_str(), "html_damaged");
    assert!(
        problem.to_string().contains("--include-hidden"),
        "{problem}"
    );
    assert_eq!(page(&hidden, &all).unwrap().0, people("Скрыт"));
    assert_eq!(
        page(&format!("{hidden}{shown}"), &all).unwrap().0,
        people("Анна")
    );
    let named = ReadOptions {
        sheet: Some("1".to_owned()),
        ..ReadOptions::default()
    };
    assert_eq!(
        page(&format!("{hidden}{shown}"), &named).unwrap().0,
        people("Скрыт")
    );
}

#[test]
fn later_tables_of_the_same_headings_are_read_and_others_are_told() {
    let table = |rows: &[&str]| {
        let rows: Vec<String> = rows
            .iter()
            .map(|row| format!("<tr><td>{}</tr>", row.replace('|', "<td>")))
            .collect();
        format!("<table>{}</table>", rows.concat())
    };
    let people = |name: &str| table(&["Имя|Тел", &format!("{name}|79001234567")]);
    let none = OtherTables::default();
    let others = |count, first| OtherTables { count, first };
    let first = "1:Имя|Тел;2:А|79001234567";
    let other = table(&["ФИО|Телефон", "Вера|79001234569"]);
    let frame = |inner: &str| format!("<table><tr><td>{inner}</table>");
    for (html, expected, other_tables) in [
        (
            people("А") + "<h2>Март</h2>" + &people("Б"),
            format!("{first};4:Б|79001234567"),
            none,
        ),
        (
            people("А") + &table(&["имя | ТЕЛ ", "Б|1", "В|2"]),
            format!("{first};4:Б|1;5:В|2"),
            none,
        ),
        (
            people("А") + &table(&["Март", "Имя|Тел", "Б|1"]),
            format!("{first};5:Б|1"),
            none,
        ),
        (
            frame(&people("А")) + &frame(&people("Б")),
            format!("{first};4:Б|79001234567"),
            none,
        ),
        (people("А") + &other, first.to_owned(), others(1, 2)),
        (
            people("А") + &table(&["Итого", "1"]) + &table(&["Стр. 1|из 2"]),
            first.to_owned(),
            none,
        ),
        (
            people("А") + &table(&["89001234567"]) + &other,
            first.to_owned(),
            others(2, 2),
        ),
        (
            people("А") + &frame(&(other.clone() + &people("Б"))),
            format!("{first};4:Б|79001234567"),
            others(1, 3),
        ),
        (people("А") + &frame(&other), first.to_owned(), others(1, 3)),
        (
            table(&["Отчёт"]) + &table(&["Период|Март", "Отдел|Продажи"]) + &people("А"),
            first.to_owned(),
            others(1, 2),
        ),
        (
            table(&["Вера|79001234569"]) + &people("А"),
            first.to_owned(),
            others(1, 1),
        ),
        (people("А") + "</body></htm", first.to_owned(), none),
        (
            table(&["А|79001234567", "Б|79001234568"])
                + &table(&["А|79001234567", "В|79001234569"]),
            "1:А|79001234567;2:Б|79001234568".to_owned(),
            others(1, 2),
        ),
    ] {
        let (rows, _, told) = page(&html, &ReadOptions::default()).unwrap();
        assert_eq!((rows, told), (expected, other_tables), "{html}");
    }
    let cut = people("А") + "<table><tr><td>Имя<td>Тел<tr><td>Б<td>7900";
    assert_eq!(
        page(&cut, &ReadOptions::default())
            .unwrap_err()
            .code()
            .as_str(),
        "html_damaged"
    );
}

#[test]
fn a_person_can_name_a_table_by_its_number_or_its_id() {
    let html = "<table><tr><td>Отчёт</table><table><tr><td>Имя<td>Тел<tr><td>А<td>79001234567</table>\
            <table id=Old><tr><td>Имя<td>Тел<tr><td>Б<td>79001234568</table>";
    let asked = |sheet: &str| {
        let reading = ReadOptions {
            sheet: Some(sheet.to_owned()),
            ..ReadOptions::default()
        };
        page(html, &reading)
    };
    for (sheet, expected) in [
        ("3", "1:Имя|Тел;2:Б|79001234568"),
        (" old", "1:Имя|Тел;2:Б|79001234568"),
        ("2", "1:Имя|Тел;2:А|79001234567"),
        ("1", "1:Отчёт"),
    ] {
        assert_eq!(
            asked(sheet).unwrap(),
            (expected.to_owned(), 0, OtherTables::default()),
            "{sheet}"
        );
    }
    for sheet in ["0", "4", "Лист1"] {
        let problem = asked(sheet).unwrap_err();
        assert_eq!(problem.code().as_str(), "sheet_missing", "{sheet}");
        assert!(
            problem
                .to_string()
                .contains("\"2: Имя, Тел\", \"3: Имя, Тел\""),
            "{problem}"
        );
    }
}

#[test]
fn a_page_in_utf16_is_read() {
    for mark in ["", "\u{FEFF}"] {
        let page = format!(
            "{mark}<html><meta charset=utf-16><table><tr><td>Анна<td>b<tr><td>c<td>d</table>"
        );
        let bytes: Vec<u8> = page.encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(
            read(file(&bytes).path(), &ReadOptions::default())
                .unwrap()
                .0,
            ["1:Анна|b", "2:c|d"]
        );
    }
}

#[test]
fn a_person_can_name_the_encoding() {
    let page = b"<meta charset=utf-8><table><tr><td>\xC0<td>b<tr><td>c<td>d</table>";
    let reading = ReadOptions {
        encoding: Some("windows-1251".to_owned()),
        ..ReadOptions::default()
    };
    assert_eq!(
        read(file(page).path(), &reading).unwrap().0,
        ["1:А|b", "2:c|d"]
    );
}

#[test]
fn every_table_is_read_with_all_its_cells_if_all_are_asked_for() {
    let every = ReadOptions {
        every_part: true,
        ..ReadOptions::default()
    };
    let row = "<tr><td>a<td hidden>b<td>c<td style='display:none'>d";
    let rows = format!("{row}{row}<tr><td>e<td hidden>f{row}");
    let page = format!(
        "<table id=x>{rows}</table><table hidden><tr><td>g<table><tr><td>h</table><tr><td>1234567<span hidden>8</span>\
         </table>"
    );
    let Input::Table(mut table) = open(file(page.as_bytes()).path(), &every).unwrap() else {
        panic!("no table")
    };
    let (mut row, mut rows) = (TableRow::default(), Vec::new());
    loop {
        while table.read_row(&mut row).unwrap() {
            let cells: Vec<_> = row.cells.iter().map(|cell| cell.text.as_str()).collect();
            let part = table.part().unwrap().localized(crate::i18n::Language::En);
            rows.push(format!("{part} {}:{}", row.number, cells.join("|")));
        }
        if !table.next_part().unwrap() {
            break;
        }
    }
    assert_eq!(
        rows,
        [
            "table 1 1:a|c|b|d",
            "table 1 2:a|c|b|d",
            "table 1 3:e||f",
            "table 1 4:a|c|b|d",
            "table 2 2:1234567",
            "table 3 1:h",
        ]
    );
}

#[test]
fn digits_that_are_raised_lowered_or_struck_out_are_told() {
    let apart = |style: &str, cell: &str| {
        let page = format!("{style}<table><tr><td>Name<td>Phone<tr><td>A<td>{cell}</table>");
        let Input::Table(mut table) =
            open(file(page.as_bytes()).path(), &ReadOptions::default()).unwrap()
        else {
            panic!("no table")
        };
        let mut row = TableRow::default();
        while table.read_row(&mut row).unwrap() {}
        let mut cells = row.cells.iter();
        let last = cells.next_back().unwrap();
        assert!(cells.all(|cell| !cell.digits_apart), "{cell}");
        (last.text.clone(), last.digits_apart)
    };
    let sheet = "<style>.f{vertical-align:super} td i.x{text-decoration:line-through}</style>";
    for (style, cell, expected) in [
        ("", "+49 30 1234567<sup>2</sup>", true),
        ("", "+49 30 1234567<sub>2</sub>", true),
        ("", "+49 30 123456<del>7</del>8", true),
        ("", "+49 30 123456<S>7</S>8", true),
        ("", "+49 30 123456<strike><b>&#55;</b></strike>8", true),
        (
            "",
            "+49 30 1234567<span style='vertical-align: super'>2</span>",
            true,
        ),
        (
            "",
            "<span style='text-decoration:line-through'>+49 30 1234567</span>",
            true,
        ),
        (sheet, "+49 30 1234567<span class=f>2</span>", true),
        (sheet, "+49 30 1234567<i class=x>2</i>", true),
        (sheet, "+49 30 1234567<i class=y>2</i>", false),
        ("", "+49 30 <b>1234567</b>8", false),
        ("", "+49 30 1234567<sup>*</sup>", false),
        ("", "+49 30 1234567<sup hidden>2</sup>", false),
        ("", "<sup>a</sup>+49 30 12345678", false),
        (
            "",
            "<p style='vertical-align:middle'>+49 30 12345678",
            false,
        ),
    ] {
        let (text, digits_apart) = apart(style, cell);
        assert!(text.contains("+49 30 123456"), "{cell}: {text}");
        assert_eq!(digits_apart, expected, "{cell}");
    }
}
