"""Resources as the JSON of a state file, in both directions."""

from __future__ import annotations

import json
from collections import deque
from pathlib import Path
from typing import Any

from kade.engine import state_values
from kade.engine.errors import StateError
from kade.engine.plan import Resource
from kade.engine.state_file import line_of, remedy
from kade.engine.state_model import Crypter, Deployment, Secrets
from kade.engine.values import UNKNOWN, Value

# JSON key, field of Resource, in the order in which Pulumi writes them. Left out where empty, as Go's omitempty does.
_FIELDS = (
    ("delete", "delete"),
    ("id", "id"),
    ("type", "type"),
    ("inputs", "inputs"),
    ("outputs", "outputs"),
    ("parent", "parent"),
    ("protect", "protect"),
    ("external", "external"),
    ("dependencies", "dependencies"),
    ("initErrors", "init_errors"),
    ("provider", "provider"),
    ("propertyDependencies", "property_dependencies"),
    ("pendingReplacement", "pending_replacement"),
    ("additionalSecretOutputs", "additional_secret_outputs"),
    ("aliases", "aliases"),
    ("customTimeouts", "custom_timeouts"),
    ("importID", "import_id"),
    ("retainOnDelete", "retain_on_delete"),
    ("deletedWith", "deleted_with"),
    ("created", "created"),
    ("modified", "modified"),
    ("sourcePosition", "source_position"),
    ("ignoreChanges", "ignore_changes"),
    ("replaceOnChanges", "replace_on_changes"),
    ("replaceWith", "replace_with"),
    ("replacementTrigger", "replacement_trigger"),
    ("hideDiff", "hide_diff"),
    ("resourceHooks", "resource_hooks"),
)
_BY_KEY = {"urn": "urn", "custom": "custom", **dict(_FIELDS)}
_PROPERTIES = ("inputs", "outputs", "replacementTrigger")


class Reader:
    """Makes resources of their JSON, and remembers what writing them again needs."""

    def __init__(self, path: Path, text: str, provider: Any, secrets: Secrets | None, *, special: bool) -> None:
        self.path, self.text, self.provider, self.secrets, self.special = path, text, provider, secrets, special
        self.extra: dict[tuple[str, bool], dict[str, Any]] = {}
        self.ciphertexts: dict[tuple[str, bool, str], list[tuple[str, str]]] = {}
        self.sealed = False
        self._crypter: Crypter | None = None

    def resource(self, item: Any) -> Resource:
        """The resource of its JSON; raises `StateError` for what is none."""
        if not isinstance(item, dict) or not isinstance(item.get("urn"), str) or not isinstance(item.get("type"), str):
            urn = item.get("urn", "") if isinstance(item, dict) else ""
            raise self.error(urn, "a resource needs a urn and a type")
        urn, known, rest = item["urn"], {}, {}
        for key, value in item.items():
            if key in _BY_KEY:
                known[_BY_KEY[key]] = value
            else:
                rest[key] = value
        key = (urn, bool(item.get("delete")))
        if rest:
            self.extra[key] = rest
        known.setdefault("custom", False)
        if self.special:
            for section in _PROPERTIES:
                attribute = _BY_KEY[section]
                if attribute in known:
                    known[attribute] = self._values(known[attribute], (*key, section))
        return Resource(**known)

    def _values(self, value: Any, where: tuple[str, bool, str]) -> Value:
        def decrypt(ciphertext: str) -> str:
            self.sealed = True
            if self.secrets is None:
                return json.dumps(state_values.UNKNOWN_TEXT)
            if self._crypter is None:
                self._crypter = self.secrets.crypter(self.provider)
            text = self._crypter.decrypt(ciphertext)
            self.ciphertexts.setdefault(where, []).append((text, ciphertext))
            return text

        try:
            return state_values.decode(value, decrypt)
        except ValueError as error:
            raise self.error(where[0], str(error)) from error

    def error(self, urn: str, message: str) -> StateError:
        """An error at the place of a resource in the file."""
        return StateError(f"{self.path}:{line_of(self.text, urn)}: {message}.{remedy(self.path)}")


class Writer:
    """Makes the JSON of resources; a secret that did not change keeps the ciphertext that was read."""

    def __init__(self, deployment: Deployment, secrets: Secrets | None) -> None:
        self.deployment, self.secrets = deployment, secrets
        self._crypter: Crypter | None = None
        self._reuse = {key: deque(pairs) for key, pairs in deployment.ciphertexts.items()}

    def line(self, resource: Resource) -> str:
        """The resource as JSON on one line."""
        return json.dumps(self.resource(resource), separators=(",", ":"))

    def resource(self, resource: Resource) -> dict[str, Any]:
        """The resource as JSON can hold it; what is empty is left out, as Go's ``omitempty`` does."""
        key = (resource.urn, resource.delete)
        made: dict[str, Any] = {"urn": resource.urn, "custom": resource.custom}
        for name, attribute in _FIELDS:
            value = getattr(resource, attribute)
            if not value:
                continue
            if name in _PROPERTIES:
                value = state_values.encode(value, self._encrypter((*key, name)))
            elif value is UNKNOWN:
                value = state_values.UNKNOWN_TEXT
            made[name] = value
        made.update(self.deployment.resource_extra.get(key, {}))
        return made

    def _encrypter(self, where: tuple[str, bool, str]) -> state_values.Crypt:
        def encrypt(text: str) -> str:
            pairs = self._reuse.get(where, deque())
            for pair in tuple(pairs):
                if pair[0] == text:
                    pairs.remove(pair)  # each is used once, so that equal secrets do not become equal ciphertexts
                    return pair[1]
            if self._crypter is None:
                if self.secrets is None:
                    raise StateError(f"{where[0]}: a secret was left in a state that has to be without secrets.")
                self._crypter = self.secrets.crypter(self.deployment.secrets_provider)
                self.deployment.secrets_provider = dict(self._crypter.provider)
            made = self._crypter.encrypt(text)
            self.deployment.ciphertexts.setdefault(where, []).append((text, made))
            return made

        return encrypt
