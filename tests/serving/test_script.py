"""The modules of the page's script, put together as one."""

import re
from graphlib import CycleError
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from serving.dashboard.declared import charts
from serving.dashboard.script import FOLDER, ScriptError, script

COMMENT = re.compile(r"/\*[\s\S]*?\*/|(?<![:'])//.*")
SUM = {
    "main.js": "import { one, two as second } from './deep/numbers.js';\nglobalThis.told = one + second;\n",
    "deep/numbers.js": "import { three } from '../three.js';\n\nexport const one = 1;\nexport const two = three - one;\n",
    "three.js": "const one = 3; // of this module\nexport const three = one;\n",
}


def write(folder: Path, **modules: str) -> Path:
    for name, text in (SUM | {f"{name}.js": text for name, text in modules.items()}).items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text)
    return folder


def test_modules_run_after_those_they_import_each_with_its_own_names(tmp_path: Path, browser: Browser) -> None:
    page = browser.new_page()
    page.add_script_tag(content=script(write(tmp_path)))
    assert page.evaluate("told") == 3
    page.close()


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("export default 1;\n", "export default 1;"),
        ("export let one = 1;\n", "export let one"),
        ("import * as all from './three.js';\n", "import * as all"),
        ("import './three.js';\n", "import './three.js'"),
        ("import { one } from 'elsewhere';\n", "elsewhere"),
        ("export { one } from './three.js';\n", "export { one }"),
        ("import { one } from './gone.js';\n", "there is no module gone.js"),
    ],
)
def test_what_can_not_be_put_together_is_refused(tmp_path: Path, text: str, named: str) -> None:
    with pytest.raises(ScriptError, match=re.escape(named)):
        script(write(tmp_path, other=text))


def test_modules_that_import_each_other_are_refused(tmp_path: Path) -> None:
    with pytest.raises(CycleError):
        script(write(tmp_path, three="import { one } from './deep/numbers.js';\nexport const three = one;\n"))


def test_the_script_of_the_page_names_no_chart() -> None:
    code = {path.name: COMMENT.sub("", path.read_text()) for path in FOLDER.rglob("*.js")}
    names = [chart.name for chart in charts()]
    assert [(file, name) for file, text in code.items() for name in names if re.search(rf"\b{name}\b", text)] == []


def test_no_line_of_the_script_is_longer_than_120_characters() -> None:
    lines = {f"{path.name}:{number}": line for path in FOLDER.rglob("*.js") for number, line in enumerate(path.read_text().split("\n"), 1)}  # fmt: skip
    assert [place for place, line in lines.items() if len(line) > 120] == []
