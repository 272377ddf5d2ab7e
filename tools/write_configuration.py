#!/usr/bin/env python3
"""Write ``docs/configuration.md`` from the code that reads the settings; with ``--check``, tell whether it is stale."""

import ast
import inspect
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "configuration.md"
ENVIRONMENT = ROOT / "crates" / "fluoro-wire" / "src" / "environment.rs"
PACKAGE = ROOT / "python" / "aws_xray_sdk"
RECORDER = PACKAGE / "core" / "recorder.py"
DJANGO = PACKAGE / "ext" / "django" / "conf.py"

TEMPLATE = """\
# Configuration

Written by `tools/write_configuration.py` from the code; change it there.

A setting may stand in several places. The environment wins over what code or a framework's settings say, and that wins
over the default. A setting that is not given is left as it is.

## Environment
| variable | meaning |
|---|---|
{environment}

## `xray_recorder.configure()`
| argument | meaning |
|---|---|
{arguments}

## Django: `XRAY_RECORDER`
| setting | default | meaning |
|---|---|---|
{django}
"""


def main():
    """Write the page, or compare it when asked to."""
    page = TEMPLATE.format(
        environment=rows(environment_variables()), arguments=rows(configure_arguments()), django=rows(django_settings())
    )
    if "--check" not in sys.argv[1:]:
        PAGE.parent.mkdir(exist_ok=True)
        PAGE.write_text(page, encoding="utf-8")
        return 0
    if PAGE.exists() and PAGE.read_text(encoding="utf-8") == page:
        return 0
    print(f"{PAGE.relative_to(ROOT)} is stale; make format writes it anew", file=sys.stderr)
    return 1


def environment_variables():
    """Constants that name a variable, with the comment above them: those of Rust, then those only Python knows."""
    in_rust = r'((?:^/// ?.*\n)+)pub const \w+: &str = "(\w+)";'
    in_python = r'((?:^#: ?.*\n)+)\w+_KEY = "(AWS_XRAY_\w+)"'
    found = re.findall(in_rust, ENVIRONMENT.read_text(encoding="utf-8"), re.MULTILINE)
    for path in sorted(PACKAGE.rglob("*.py")):
        found += re.findall(in_python, path.read_text(encoding="utf-8"), re.MULTILINE)
    meanings = {}
    for comment, name in found:
        meanings.setdefault(name, prose(re.sub(r"^(///|#:) ?", "", comment, flags=re.MULTILINE)))
    return [(f"`{name}`", meaning) for name, meaning in meanings.items()]


def configure_arguments():
    """The arguments of ``configure()`` as its docstring describes them."""
    tree = ast.parse(RECORDER.read_text(encoding="utf-8"))
    functions = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name == "configure")
    docstring = inspect.cleandoc(ast.get_docstring(next(functions)))
    fields = re.split(r"^:", docstring, flags=re.MULTILINE)
    described = [re.match(r"param (\w+): (.*)", field, re.DOTALL) for field in fields]
    return [(f"`{match[1]}`", prose(match[2])) for match in described if match]


def django_settings():
    """The defaults of the Django settings, with the comment above each."""
    source = DJANGO.read_text(encoding="utf-8").split("DEFAULTS", 1)[1].split("\n}", 1)[0]
    entries = re.findall(r'((?: +# .*\n)*) +"(\w+)": (.*),\n', source + "\n")
    return [(f"`{name}`", f"`{default}`", prose(re.sub(r" +# ", " ", comment))) for comment, name, default in entries]


def prose(text):
    """One line of Markdown from a comment or docstring."""
    text = re.sub(r":\w+:`~?(?:[\w.]*\.)?(\w+)`", r"`\1`", text)
    text = re.sub(r"^Environment variable(:| that) ", "", text)
    text = " ".join(text.replace("``", "`").replace("|", "\\|").split())
    return text[:1].upper() + text[1:]


def rows(table):
    """The rows of a Markdown table."""
    return "\n".join("| {} |".format(" | ".join(row)) for row in table)


if __name__ == "__main__":
    sys.exit(main())
