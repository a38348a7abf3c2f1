"""Calls KMS with boto3 for the tests: one request a line on standard input, one answer a line on standard output.

A request is {identity, endpoint, operation, input, pages}; blobs are base64 in both directions, and timestamps in
answers are seconds since 1970. With `pages` it goes through boto3's own paginator, that many entries a page.
"""

import base64
import datetime
import json
import sys

import boto3
import botocore.auth
import botocore.config
import botocore.exceptions
from botocore import xform_name

clients = {}
skew = datetime.timedelta()
present = botocore.auth.get_current_datetime


def skewed(*arguments, **named):
    return present(*arguments, **named) + skew


botocore.auth.get_current_datetime = skewed


def client_for(endpoint, identity):
    key = json.dumps([endpoint, identity], sort_keys=True)
    if key not in clients:
        clients[key] = boto3.client(
            "kms",
            endpoint_url=endpoint,
            region_name=identity["region"],
            aws_access_key_id=identity["accessKeyId"],
            aws_secret_access_key=identity["secretAccessKey"],
            aws_session_token=identity.get("sessionToken"),
            config=botocore.config.Config(retries={"total_max_attempts": 1}),
        )
    return clients[key]


def decoded(value, shape):
    """A request's JSON as boto3 takes it."""
    if shape.type_name == "blob":
        return base64.b64decode(value)
    if shape.type_name == "structure":
        return {name: decoded(member, shape.members[name]) for name, member in value.items()}
    if shape.type_name == "list":
        return [decoded(member, shape.member) for member in value]
    return value


def encoded(value):
    """What boto3 gives, as JSON."""
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, datetime.datetime):
        return value.timestamp()
    if isinstance(value, dict):
        return {name: encoded(member) for name, member in value.items()}
    if isinstance(value, list):
        return [encoded(member) for member in value]
    return value


def answer(request):
    global skew
    skew = datetime.timedelta(milliseconds=request["identity"]["skew"])
    client = client_for(request["endpoint"], request["identity"])
    model = client.meta.service_model.operation_model(request["operation"])
    given = decoded(request["input"], model.input_shape)
    method = xform_name(request["operation"])
    try:
        if request.get("pages"):
            pages = client.get_paginator(method).paginate(**given, PaginationConfig={"PageSize": request["pages"]})
            return {"output": [encoded(page) for page in pages]}
        return {"output": encoded(getattr(client, method)(**given))}
    except botocore.exceptions.ClientError as error:
        metadata = error.response["ResponseMetadata"]
        return {
            "error": {
                "name": error.response["Error"]["Code"],
                "message": error.response["Error"]["Message"],
                "status": metadata["HTTPStatusCode"],
                "requestId": metadata.get("RequestId"),
                "type": type(error).__name__,
            }
        }


for line in sys.stdin:
    try:
        reply = answer(json.loads(line))
    except Exception as error:  # noqa: BLE001 - the test that asked is told, whatever it is
        reply = {"error": {"name": type(error).__name__, "message": str(error)}}
    print(json.dumps(reply), flush=True)
