"""Reads formats of a report with parsers of others, and prints what they made of it as JSON.

read_report.py schema SCHEMA FILE    what a validator of JSON Schema finds wrong, a line each
read_report.py junit FILE            suites, cases and their results
read_report.py tap FILE              test points
"""

import json
import sys


def schema(schema_path, path):
    import jsonschema

    with open(schema_path) as file:
        validator_schema = json.load(file)
    jsonschema.Draft202012Validator.check_schema(validator_schema)
    validator = jsonschema.Draft202012Validator(
        validator_schema, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
    )
    with open(path) as file:
        errors = validator.iter_errors(json.load(file))
        return ["%s: %s" % (error.json_path, error.message) for error in errors]


def junit(path):
    import junitparser

    def result(case):
        found = case.result[0] if case.result else None
        return {
            "group": case.classname,
            "name": case.name,
            "seconds": case.time,
            "result": type(found).__name__.lower() if found else "passed",
            "message": found.message if found else None,
            "type": found.type if found else None,
        }

    xml = junitparser.JUnitXml.fromfile(path)
    counts = [xml.tests, xml.failures, xml.errors, xml.skipped]
    suites = [{"name": suite.name, "cases": [result(case) for case in suite]} for suite in xml]
    # What the parser counts itself.
    xml.update_statistics()
    return {
        "counts": counts,
        "counted": [xml.tests, xml.failures, xml.errors, xml.skipped],
        "suites": suites,
    }


def tap(path):
    import tap.parser

    lines = list(tap.parser.Parser().parse_file(path))
    points = [line for line in lines if line.category == "test"]
    plans = [line for line in lines if line.category == "plan"]
    return {
        "planned": plans[0].expected_tests,
        "unknown": [str(line) for line in lines if line.category == "unknown"],
        "points": [
            {"ok": point.ok, "name": point.description, "todo": point.todo, "skip": point.skip}
            for point in points
        ],
    }


print(json.dumps(globals()[sys.argv[1]](*sys.argv[2:])))
