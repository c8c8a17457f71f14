"""The OpenAPI description as plain rows for a page: endpoints by subject, parameters, the shape of an answer."""

import json
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

Schema = dict[str, Any]


@dataclass(frozen=True)
class Parameter:
    """One parameter of an endpoint; `choices` are the values it may have, none when it is free."""

    name: str
    is_in_path: bool
    kind: str
    description: str
    choices: tuple[str, ...]


@dataclass(frozen=True)
class Endpoint:
    """One address to read from; `shape` is an answer with the type of each value in its place."""

    path: str
    summary: str
    description: str
    parameters: list[Parameter]
    shape: str

    @property
    def can_be_opened(self) -> bool:
        """Return whether the address is complete, without a part to fill in."""
        return "{" not in self.path


def endpoints_by_tag(schema: Schema) -> dict[str, list[Endpoint]]:
    """Return the endpoints of each tag in the description's order; the API only reads, so each is a GET."""
    found: dict[str, list[Endpoint]] = defaultdict(list)
    for path, operations in schema["paths"].items():
        operation = operations["get"]
        answer = operation["responses"]["200"]["content"]["application/json"]["schema"]
        endpoint = Endpoint(
            path=path,
            summary=str(operation["summary"]),
            description=str(operation.get("description", "")),
            parameters=[_parameter(one) for one in operation.get("parameters", ())],
            shape=json.dumps(shape_of(answer, schema), indent=2, ensure_ascii=False),
        )
        found[operation["tags"][0]].append(endpoint)
    return dict(found)


def _parameter(described: Schema) -> Parameter:
    kind = described["schema"]
    # After the first paragraph the description only lists the choices again.
    return Parameter(
        name=described["name"],
        is_in_path=described["in"] == "path",
        kind=str(kind.get("type", "")),
        description=str(described.get("description", "")).split("\n\n")[0],
        choices=tuple(str(choice) for choice in kind.get("enum", ())),
    )


def shape_of(described: Schema, schema: Schema, *, inside: tuple[str, ...] = ()) -> Any:
    """Return a value of the described form: objects and lists as such, everything else the name of its type.

    `inside` names the components around it, so that one that holds itself ends.
    """
    if "$ref" in described:
        name = described["$ref"].rsplit("/", 1)[1]
        if name in inside:
            return "…"
        return shape_of(schema["components"]["schemas"][name], schema, inside=(*inside, name))
    for several in ("oneOf", "anyOf", "allOf"):
        if several in described:
            shapes = [shape_of(one, schema, inside=inside) for one in described[several]]
            texts = [shape for shape in shapes if isinstance(shape, str)]
            return " | ".join(dict.fromkeys(texts)) if len(texts) == len(shapes) else shapes[0]
    if "enum" in described:
        return " | ".join("null" if choice is None else str(choice) for choice in described["enum"])
    kinds = described.get("type", "any")
    kinds = [kinds] if isinstance(kinds, str) else list(kinds)
    if "properties" in described:
        return {name: shape_of(one, schema, inside=inside) for name, one in described["properties"].items()}
    if "array" in kinds:
        return [shape_of(described["items"], schema, inside=inside)]
    return " | ".join(
        described["format"] if kind == "string" and "format" in described else kind for kind in kinds
    )
