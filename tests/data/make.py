#!/usr/bin/env python3
"""Makes the workbooks and pages of this folder, with invented people. Needs openpyxl, xlsxwriter,
xlwt and msoffcrypto-tool from PyPI, and LibreOffice (soffice, and Debian's python3-uno to save with
a password). Run it here: `python3 make.py`."""

import os
import subprocess
import sys
import zipfile

import msoffcrypto.format.ooxml as ooxml
import openpyxl
import xlsxwriter
import xlwt
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont


def people():
    """Excel's shapes as openpyxl writes them: one table of texts, formulas without values."""
    book = openpyxl.Workbook()
    draft = book.active
    draft.title = "Черновик"
    draft["A1"] = "не для рассылки"
    draft.sheet_state = "hidden"
    book.create_sheet("Пустой")
    sheet = book.create_sheet("Клиенты")
    sheet["B2"] = "Список клиентов"
    sheet.merge_cells("B2:D2")
    rows = [
        ("Имя", "Телефон", "Компания", "Добавлен"),
        ("Анна", 79001234567, "ООО \"Лютик\"", "=DATE(2026,7,14)"),
        ("Олена", 380123456789, "Р&Б <дом>", "=DATE(2026,7,14)+0.5"),
        ("Иван", "+7 (900) 123-45-69", " два  пробела ", None),
        ("Пётр", "79001234570", "первая\nвторая", None),
        ("Скрытый", 79001234571, "не видна", None),
        None,
        ("Вера", '="7900"&"1234572"', "=1=1", "=NA()"),
        ("Глеб", "=79001234000+573", 0.1, "=1/0"),
        ("Даша", 79001234574, CellRichText("ИП ", TextBlock(InlineFont(b=True), "Ким")), None),
        ("Егор", 79001234575, "_x000D_ остаётся", None),
    ]
    for number, row in enumerate(rows, start=4):
        for column, value in enumerate(row or (), start=2):
            sheet.cell(number, column).value = value
    sheet["C6"].number_format = "0.00E+00"
    sheet["C8"].quotePrefix = True
    for cell in ("E5", "E6"):
        sheet[cell].number_format = "DD.MM.YYYY HH:MM" if cell == "E6" else "DD.MM.YYYY"
    sheet["C13"].number_format = "yyyy-mm-dd"  # a phone under the format of a date
    sheet.row_dimensions[9].hidden = True
    archive = book.create_sheet("Архив")
    archive["A1"], archive["A2"] = "Телефон", 79005550000
    book.save("people.xlsx")


def filtered():
    """A list of which the person sees two rows only."""
    book = openpyxl.Workbook()
    sheet = book.active
    for row in [("Имя", "Город", "Телефон"), ("Анна", "Москва", 79001110001), ("Иван", "Тверь", 79001110002),
                ("Пётр", "Москва", 79001110003), ("Вера", "Тула", 79001110004)]:
        sheet.append(row)
    sheet.auto_filter.ref = "A1:C5"
    sheet.auto_filter.add_filter_column(1, ["Москва"])
    for number in (3, 5):
        sheet.row_dimensions[number].hidden = True
    book.save("filtered.xlsx")


def inline():
    """Texts in the cells themselves, as programs write that stream."""
    book = xlsxwriter.Workbook("inline.xlsx", {"constant_memory": True})
    sheet = book.add_worksheet("Лист1")
    for number, row in enumerate([("Имя", "Телефон"), (" Анна & Ко ", "79001234567"), ("Иван", 79001234568)]):
        sheet.write_row(number, 0, row)
    book.close()


def old():
    """The binary format, as a program writes it."""
    book = xlwt.Workbook()
    sheet = book.add_sheet("Лист1")
    rows = [("Имя", "Телефон"), ("Анна", 79001234567), ("Скрытая", 79001234568), ("Иван", "79001234569")]
    for number, row in enumerate(rows, start=1):
        for column, value in enumerate(row):
            sheet.write(number, column, value)
    sheet.row(3).hidden = True
    book.save("xlwt.xls")


def converted():
    """The same people as LibreOffice writes them; here formulas have values."""
    for source, kind, name in [
        ("people.xlsx", "ods", "people.ods"), ("people.xlsx", "xls:MS Excel 97", "people.xls"),
        ("people.xlsx", "xlsx:Calc MS Excel 2007 XML", "people-libreoffice.xlsx"),
        ("filtered.xlsx", "ods", "filtered.ods"), ("filtered.xlsx", "xls:MS Excel 97", "filtered.xls"),
        ("filtered.xlsx", "html", "libreoffice.html"),
    ]:
        subprocess.run(["soffice", "--headless", "--convert-to", kind, "--outdir", "out", source], check=True)
        made = os.path.splitext(source)[0] + "." + kind.split(":")[0]
        os.replace(os.path.join("out", made), name)
    os.rmdir("out")


def pages():
    """Pages that CRMs name .xls."""
    head = '<html xmlns:x="urn:schemas-microsoft-com:office:excel"><head><meta http-equiv="Content-Type" content="' \
        'text/html; charset={}"><title>Сделки</title><style>td {{mso-number-format:"\\@"; a > b}}</style></head><body>'
    rows = """
<!-- <table><tr><td>not</td><td>this</td></tr></table> -->
<table><tr><td>Экспорт контактов</td></tr></table>
<table border="1">
<thead><tr><th>ID</th><th>Контакт</th><th>Мобильный телефон</th></tr></thead><tbody>
<tr><td>1</td><td>Анна&nbsp;Петрова &laquo;Лютик&raquo; &amp; Ко</td><td style='mso-number-format:"\\@"'>79001234567</td></tr>
<tr><td>2<td>Иван<br>Сидоров</td><td>79001234568<br />79001234569
<tr style="display: none"><td>3</td><td>Скрытый</td><td>79001234570</td></tr>
<tr></tr>
<tr><td colspan="2">Вера</td><td>79001234571</td></tr>
<tr><td rowspan=2>6</td><td><b>Пётр</b> <font color=red>Орлов</font></td><td>7&#57;001234572</td></tr>
<tr><td>Глеб<table><tr><td>внутри</td><td>ещё</td></tr></table></td><td>79001234573</td></tr>
</tbody></table></body></html>
"""
    for name, charset in [("bitrix.xls", "UTF-8"), ("amo-1251.xls", "windows-1251")]:
        with open(name, "wb") as page:
            page.write((head.format(charset) + rows).encode(charset))
    with open("excel2003.xls", "w", encoding="utf-8", newline="\r\n") as page:
        page.write("""<?xml version="1.0"?>
<?mso-application progid="Excel.Sheet"?>
<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">
 <Styles><Style ss:ID="Default" ss:Name="Normal"><Alignment ss:Vertical="Bottom"/></Style><Style ss:ID="s1"/></Styles>
 <Worksheet ss:Name="Лист1"><Table ss:ExpandedColumnCount="3">
  <Column ss:Width="100"/>
  <Row><Cell><Data ss:Type="String">Имя</Data></Cell><Cell><Data ss:Type="String">Телефон</Data></Cell></Row>
  <Row ss:Index="4"><Cell ss:MergeDown="1"><Data ss:Type="String">Анна</Data><Comment><ss:Data>звонить</ss:Data></Comment>
   </Cell><Cell><Data ss:Type="Number">7.9001234567E10</Data></Cell></Row>
  <Row><Cell ss:Index="2"><Data ss:Type="String">79001234568</Data></Cell></Row>
  <Row ss:Hidden="1"><Cell><Data ss:Type="String">Скрытый</Data></Cell><Cell/><Cell><Data ss:Type="Number">1</Data></Cell></Row>
  <Row><Cell><Data ss:Type="String"><![CDATA[Р&Б <дом>]]></Data></Cell><Cell ss:Index="3"><Data ss:Type="String">a&#10;b</Data></Cell></Row>
 </Table></Worksheet>
</Workbook>
""")


def locked():
    with open("filtered.xlsx", "rb") as plain, open("locked.xlsx", "wb") as target:
        ooxml.OOXMLFile(plain).encrypt("secret", target)
    subprocess.run(["/usr/bin/python3", "make_locked.py"], check=True)


if __name__ == "__main__":
    for step in [people, filtered, inline, old, converted, pages, locked]:
        step()
    for name in sorted(os.listdir(".")):
        print(f"{os.path.getsize(name):7} {name}", file=sys.stderr)
