#!/usr/bin/python3
"""Saves filtered.xlsx with the password `secret` as locked.ods and locked.xls; see make.py."""

import os
import subprocess
import time

import uno
from com.sun.star.beans import PropertyValue

PIPE = "pipe,name=make_locked;urp;"


def properties(**values):
    return tuple(PropertyValue(Name=name, Value=value) for name, value in values.items())


office = subprocess.Popen(["soffice", "--headless", "--norestore", f"--accept={PIPE}"])
local = uno.getComponentContext()
resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
for attempt in range(60):
    try:
        context = resolver.resolve(f"uno:{PIPE}StarOffice.ComponentContext")
        break
    except Exception:
        time.sleep(1)
desktop = context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
here = "file://" + os.getcwd() + "/"
book = desktop.loadComponentFromURL(here + "filtered.xlsx", "_blank", 0, properties(Hidden=True))
book.storeToURL(here + "locked.ods", properties(FilterName="calc8", Password="secret"))
book.storeToURL(here + "locked.xls", properties(FilterName="MS Excel 97", Password="secret"))
book.close(True)
desktop.terminate()
office.wait()
