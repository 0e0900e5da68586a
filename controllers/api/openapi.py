"""The OpenAPI 3.1 document, made from the table of addresses and the models that validate and answer."""

import functools
from http import HTTPStatus

from pydantic.json_schema import models_json_schema

from . import answers, params
from .table import BASE, ROUTES

REFERENCE = "#/components/schemas/{model}"
VERSION = "1.0.0"
ABOUT = (
    "Start full syncs, follow them, and read and retry the log of Sync Hub. The key is an Odoo API key (Preferences >"
    " Account Security); everything is done with the rights and in the companies of its user."
)
#: Statuses that every address may answer with: a wrong key, a user without the group, a wrong parameter.
COMMON = (400, 401, 403)
ERRORS = {
    400: "A parameter or the body does not fit: `details` names each.",
    401: "The API key is missing or not valid.",
    403: "The user of the key may not do this.",
    404: "There is no such record.",
    409: "It cannot be done as things stand; the message says why.",
    413: "The body is too large.",
}


@functools.lru_cache
def document():
    """The document as JSON value."""
    schemas = _schemas()
    return {
        "openapi": "3.1.0",
        "info": {"title": "Sync Hub management API", "version": VERSION, "description": ABOUT},
        "servers": [{"url": BASE}],
        "security": [{"apiKey": []}],
        "paths": {route.path: {route.method.lower(): _operation(route)} for route in ROUTES},
        "components": {
            "schemas": schemas,
            "securitySchemes": {"apiKey": {"type": "http", "scheme": "bearer", "description": "An Odoo API key."}},
        },
    }


def _schemas():
    """Schemas of all answers and bodies under their names."""
    models = [(route.answer, "serialization") for route in ROUTES if route.answer]
    models += [(route.body, "validation") for route in ROUTES if route.body is not params.Nothing]
    models += [(answers.Failure, "serialization")]
    _names, schema = models_json_schema(models, ref_template=REFERENCE)
    return {name: _tidy(definition) for name, definition in schema["$defs"].items()}


def _tidy(schema):
    """The schema without what pydantic adds to its fields: titles, and None as the value of what is left out."""
    properties = {name: _plain(field) for name, field in schema.get("properties", {}).items()}
    return {**schema, "properties": properties} if properties else schema


def _plain(field):
    return {key: value for key, value in field.items() if key != "title" and (key, value) != ("default", None)}


def _reference(model):
    return {"$ref": REFERENCE.format(model=model.__name__)}


def _content(schema):
    return {"application/json": {"schema": schema}}


def _operation(route):
    operation = {
        "operationId": route.name,
        "summary": route.summary,
        "parameters": _parameters(route),
        "responses": _responses(route),
    }
    if route.body is not params.Nothing:
        operation["requestBody"] = {"required": False, "content": _content(_reference(route.body))}
    if route.work is None:
        operation["security"] = []
    return operation


def _parameters(route):
    return [*(_places(params.Record, "path") if route.has_id else []), *_places(route.query, "query")]


def _places(model, place):
    """A model's fields as parameters."""
    for name, field in _tidy(model.model_json_schema()).get("properties", {}).items():
        described = {"description": field.pop("description")} if "description" in field else {}
        yield {"name": name, "in": place, "required": place == "path", **described, "schema": field}


def _responses(route):
    if route.work is None:
        return {"200": {"description": "The document.", "content": _content({"type": "object"})}}
    said = {
        str(route.status): {
            "description": HTTPStatus(route.status).phrase,
            "content": _content(_reference(route.answer)),
        }
    }
    for status in sorted({*COMMON, *route.errors}):
        said[str(status)] = {"description": ERRORS[status], "content": _content(_reference(answers.Failure))}
    if route.links:
        said[str(route.status)]["links"] = {name: _link(name, place) for name, place in route.links}
    said["401"]["headers"] = {"WWW-Authenticate": {"description": "Bearer", "schema": {"type": "string"}}}
    return said


def _link(name, place):
    return {"operationId": name, "parameters": {"id": f"$response.body#{place}"}}
