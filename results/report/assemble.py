#!/usr/bin/env python3
"""Assembles the report page's template and writes it as a C++ source.

Usage: assemble.py OUTPUT.cpp LIBRARY_FOLDER NPM. The chart library is fetched into LIBRARY_FOLDER with `npm ci`
unless it is there already, as this package-lock.json pins it.
"""
import json
import pathlib
import re
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
BUNDLES = ["vega/build/vega.min.js", "vega-lite/build/vega-lite.min.js", "vega-embed/build/vega-embed.min.js"]
SCRIPTS = ["points.js", "data.js", "tables.js", "charts.js", "sections.js", "sensitivity.js", "main.js"]


def fetch(folder, npm):
    """Leaves the pinned packages in folder/node_modules."""
    lock = (HERE / "package-lock.json").read_text()
    complete = folder / "complete"
    if complete.exists() and complete.read_text() == lock:
        return
    if not npm:
        sys.exit("The report page needs npm once, to fetch its chart library: install the packages nodejs and npm.")
    folder.mkdir(parents=True, exist_ok=True)
    for name in ["package.json", "package-lock.json", ".npmrc"]:
        shutil.copyfile(HERE / name, folder / name)
    command = [npm, "ci", "--ignore-scripts", "--prefer-offline", "--no-audit", "--no-fund"]
    if subprocess.run(command, cwd=folder, stdout=subprocess.DEVNULL).returncode:
        sys.exit(f"The report page's chart library could not be fetched: `{' '.join(command)}` failed in {folder}.")
    complete.write_text(lock)


def bundled(modules):
    """The packages whose code is in the bundles: the dependencies of the three, without their command lines'."""
    found, waiting = set(), ["vega", "vega-embed", "vega-lite"]
    while waiting:
        name = waiting.pop()
        package = modules / name / "package.json"
        if name in found or not package.exists():
            continue
        found.add(name)
        needs = json.loads(package.read_text()).get("dependencies", {})
        waiting += [need for need in needs if need != "yargs"]
    return sorted(found)


def licences(modules):
    """The licence texts of all bundled packages, each text once."""
    holders = {}
    for name in bundled(modules):
        text = next((p.read_text() for p in sorted((modules / name).glob("LICEN[CS]E*"))), None)
        if text is None:
            text = json.loads((modules / name / "package.json").read_text()).get("license", "unknown")
        holders.setdefault(text.strip(), []).append(name)
    return "\n\n".join(f"{', '.join(names)}:\n\n{text}" for text, names in holders.items())


def script(text):
    """JavaScript that cannot end its element, without references to maps that are not there."""
    text = re.sub(r"^//# sourceMappingURL=.*$", "", text, flags=re.M)
    return text.replace("</script", "<\\/script").replace("<!--", "<\\!--")


def page(modules):
    charts = {p.stem: json.loads(p.read_text()) for p in sorted((HERE / "charts").glob("*.json"))}
    parts = {
        "@STYLE@": (HERE / "report.css").read_text(),
        "@LICENCES@": licences(modules).replace("&", "&amp;").replace("<", "&lt;"),
        "@LIBRARY@": "\n".join(script((modules / name).read_text()) for name in BUNDLES),
        "@CHARTS@": json.dumps(charts).replace("<", "\\u003c"),
        "@SCRIPT@": script("\n".join((HERE / name).read_text() for name in SCRIPTS)),
    }
    template = (HERE / "template.html").read_text()
    return re.sub("|".join(parts), lambda mark: parts[mark.group(0)], template)


def cpp(text):
    """The text as raw string literals, short enough for every compiler."""
    assert ')page"' not in text
    chunks = [text[i:i + 8000] for i in range(0, len(text), 8000)]
    literals = "\n".join(f'R"page({chunk})page"' for chunk in chunks)
    return f"namespace moesaic::results {{\nextern const char* const report_template;\n" \
           f"const char* const report_template =\n{literals};\n}}\n"


def main():
    output, folder, npm = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), sys.argv[3]
    fetch(folder, npm)
    output.write_text(cpp(page(folder / "node_modules")))


main()
