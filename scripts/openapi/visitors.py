"""Lets schemathesis be somebody: where the document needs a user or a token, texts that it makes up are nobody's.

Each call comes from a user of its own, so that none ends the session of another.
"""

import itertools
import json
import os
import urllib.request

import schemathesis

PASSWORD = "correct horse battery"
numbers = itertools.count(1)


def post(case, path, fields):
    request = urllib.request.Request(
        case.operation.base_url.rstrip("/") + path,
        json.dumps(fields).encode(),
        {"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def new_user(case):
    user = {"username": f"visitor-{os.getpid()}-{next(numbers)}", "password": PASSWORD}
    post(case, "/api/register", user)
    return user


def operation(case):
    return case.operation.definition.raw["operationId"]


@schemathesis.auth(refresh_interval=None).apply_to(path_regex="/api/(logout|password|me|accounts|plan)")
class Visitor:
    def get(self, case, context):
        return post(case, "/api/login", new_user(case))["access_token"]

    def set(self, case, token, context):
        case.headers["Authorization"] = "Bearer " + token


@schemathesis.hook
def before_call(context, case, kwargs):
    # What is meant as wrong is sent as it is, and half of what is right but nobody's as well.
    if not case.meta.generation.mode.is_positive or next(numbers) % 2 == 0:
        return
    if operation(case) == "login":
        case.body = new_user(case)
    elif operation(case) == "refresh":
        case.body = {"refresh_token": post(case, "/api/login", new_user(case))["refresh_token"]}
    elif operation(case) == "changePassword":
        case.body = {**case.body, "current_password": PASSWORD}
