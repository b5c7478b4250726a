"""Takes the shell scripts out of files for GitHub and GitLab: `shell_in_yaml.py FOLDER FILE...`.

Each script becomes a file of FOLDER, headed by the shell that runs it, and named after its job and step; FOLDER is printed
with nothing else in it. What GitHub puts in place of `${{ … }}` is a word there.
"""
import pathlib
import re
import sys

from ruamel.yaml import YAML

EXPRESSION = re.compile(r"\$\{\{.*?\}\}", re.DOTALL)


def github(steps, where):
    for number, step in enumerate(steps):
        if "run" in step:
            yield f"{where}-{number + 1}", EXPRESSION.sub("expression", step["run"])


def gitlab(name, job):
    for key in ("before_script", "script", "after_script"):
        if key in job:
            yield f"{name}-{key}", "\n".join(job[key])


def scripts(document):
    if "runs" in document:
        yield from github(document["runs"]["steps"], "action")
    elif "jobs" in document:
        for name, job in document["jobs"].items():
            yield from github(job["steps"], name)
    else:
        for name, job in document.items():
            if isinstance(job, dict):
                yield from gitlab(name, job)


def main():
    folder = pathlib.Path(sys.argv[1])
    for path in map(pathlib.Path, sys.argv[2:]):
        document = YAML(typ="safe").load(path)
        found = list(scripts(document))
        if not found:
            sys.exit(f"{path}: there is no script in it")
        for name, text in found:
            # The runners end a script at the first command that fails.
            (folder / f"{path.stem}-{name}.sh").write_text(f"#!/bin/sh\nset -e\n{text}\n", encoding="utf-8")


main()
