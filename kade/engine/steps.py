"""The steps themselves: what each does with the provider and with the state.

Source: the ``Apply`` methods in ``pkg/resource/deploy/step.go`` of pulumi/pulumi.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from kade.engine import urns
from kade.engine.diff import Verdict
from kade.engine.ledger import now
from kade.engine.plan import Op, Resource, Step
from kade.engine.provider import ProviderError, Tree
from kade.engine.session import Session
from kade.engine.values import UNKNOWN, Secret

_MAX_RETRIES = 100  # maxErrorHookRetries in step.go


def same(session: Session, old: Resource, new: Resource) -> None:
    """Nothing happens to it; its options and place may be new."""
    session.ask(_step(Op.SAME, old, new))
    new.id, new.outputs = old.id, old.outputs
    new.init_errors = old.init_errors
    if urns.is_provider(new.type):
        session.registry.configure(replace(new, inputs=old.inputs))
    session.ledger.done(new, old)
    _add(session, Op.SAME, old, new)


def create(
    session: Session,
    new: Resource,
    *,
    old: Resource | None = None,
    keep_old: bool = False,
    verdict: Verdict | None = None,
) -> None:
    """Make it. ``old`` is what it replaces; with ``keep_old`` that stays, marked for deletion, until the end."""
    op = Op.CREATE if old is None else Op.CREATE_REPLACEMENT
    session.ask(_step(op, old, new, verdict))
    _hook(session, "BeforeCreate", None, new)
    with _operation(session, new, "creating", "create"):
        if new.custom:
            _with_retries(session, "create", None, new, lambda: _make(session, new))
    if not session.dry_run:
        new.created = new.modified = now()
    if old is not None and keep_old:
        old.delete = True
    session.ledger.done(new, old, drop=not keep_old)
    _add(session, op, old, new, verdict)
    if new.custom:
        _hook_after(session, "AfterCreate", None, new)


def _make(session: Session, new: Resource) -> None:
    if urns.is_provider(new.type):
        new.id = UNKNOWN if session.dry_run else str(uuid.uuid4())
        new.outputs = new.inputs
        session.registry.configure(new)
        return
    session.calls(new).create(new)
    if not session.dry_run and (new.id is UNKNOWN or not new.id):
        raise ProviderError("provider did not return an ID from Create")


def update(session: Session, old: Resource, new: Resource, verdict: Verdict) -> None:
    """Change it in place."""
    session.ask(_step(Op.UPDATE, old, new, verdict))
    new.id = old.id
    if not new.custom:
        new.outputs = old.outputs
    _hook(session, "BeforeUpdate", old, new)
    with _operation(session, new, "updating", "update"):
        if urns.is_provider(new.type):
            new.outputs = new.inputs
            session.registry.configure(new)
        elif new.custom:
            _with_retries(session, "update", old, new, lambda: session.calls(new).update(old, new))
    if new.custom and not session.dry_run:
        new.modified = now()
    session.ledger.done(new, old)
    _add(session, Op.UPDATE, old, new, verdict)
    if new.custom:
        _hook_after(session, "AfterUpdate", old, new)


def delete(
    session: Session,
    old: Resource,
    deleted: Mapping[str, bool],
    *,
    replaced: bool = False,
    pending_replacement: bool = False,
) -> None:
    """Remove it. ``deleted`` are the other resources that go; ``pending_replacement``: its successor comes later."""
    op = Op.DELETE_REPLACED if replaced else Op.DELETE
    session.ask(_step(op, old, None))
    _hook(session, "BeforeDelete", old, None)
    if old.protect and not replaced:
        session.add(Step(Op.DELETE, old.urn, old.type, old, None, provider=old.provider, failed=True))
        session.refuse(
            f'resource "{old.urn}" cannot be deleted because it is protected. To unprotect it, remove `protect` from'
            " the resource in the program and deploy that first.",
            old.urn,
        )
        return
    gone = bool(old.deleted_with) and deleted.get(old.deleted_with, False)
    with _operation(session, old, "deleting", "delete"):
        real = old.custom and not urns.is_provider(old.type) and not old.external
        if real and not session.dry_run and not old.retain_on_delete and not gone:
            _with_retries(session, "delete", old, None, lambda: session.calls(old).delete(old))
    if pending_replacement:
        old.pending_replacement = True
        session.ledger.done(None, old, drop=False)
    else:
        session.ledger.done(None, old)
    _add(session, op, old, None)
    _hook_after(session, "AfterDelete", old, None)


def forget(session: Session, old: Resource) -> None:
    """Its deletion was done in an earlier run, whose replacement never came: take it out of the state."""
    session.ledger.done(None, old)
    _add(session, Op.REMOVE_PENDING_REPLACE, old, None)


def replaced(session: Session, old: Resource, new: Resource, verdict: Verdict | None) -> None:
    """The step that stands for the whole of a replacement. It does nothing itself."""
    _add(session, Op.REPLACE, old, new, verdict)


def read(session: Session, old: Resource | None, new: Resource, *, replacing: bool) -> None:
    """Read what the stack does not own."""
    if new.id is UNKNOWN:
        new.outputs = {}
    else:
        with _operation(session, new, "reading", "read"):
            _, outputs = session.calls(new).read(new.urn, new.type, str(new.id), new.inputs)
        new.outputs = _secret_outputs(new, outputs)
    if replacing and old is not None:
        old.delete = True
    if old is not None:
        new.created, new.modified = old.created, old.modified
    if not session.dry_run and (old is None or old.outputs != new.outputs or old.inputs != new.inputs):
        new.modified = now()
    session.ledger.done(new, old, drop=not replacing)
    _add(session, Op.READ_REPLACEMENT if replacing else Op.READ, old, new)


def imported(session: Session, old: Resource | None, new: Resource, wanted: Tree) -> Resource:
    """Take over what stands already. Returns it as it stands, to be compared with what the program asks for.

    The step itself shows what the program wants, as Pulumi's does; an update follows where that is something else.
    """
    op = Op.IMPORT if old is None else Op.IMPORT_REPLACEMENT
    session.ask(_step(op, old, replace(new, inputs=wanted)))
    with _operation(session, new, "importing", "import"):
        inputs, outputs = session.calls(new).read(new.urn, new.type, new.import_id, {})
    new.id, new.inputs, new.outputs = new.import_id, inputs, _secret_outputs(new, outputs)
    if not session.dry_run:
        new.created = new.modified = now()
    if old is not None:
        old.delete = True
    session.ledger.done(new, old, drop=False)
    shown = replace(new, inputs=wanted)
    _add(session, op, replace(new), shown)
    return new


def _secret_outputs(resource: Resource, outputs: dict[str, Any]) -> dict[str, Any]:
    wanted = set(resource.additional_secret_outputs)
    return {k: Secret(v) if k in wanted and not isinstance(v, Secret) else v for k, v in outputs.items()}


def _add(session: Session, op: Op, old: Resource | None, new: Resource | None, verdict: Verdict | None = None) -> None:
    session.add(_step(op, old, new, verdict))


def _step(op: Op, old: Resource | None, new: Resource | None, verdict: Verdict | None = None) -> Step:
    resource = new or old
    if resource is None:
        raise ValueError("a step is about a resource")
    return Step(
        op,
        resource.urn,
        resource.type,
        old,
        new,
        provider=resource.provider,
        detailed_diff=verdict.detailed if verdict else {},
        diff_reasons=verdict.diff_reasons if verdict else (),
        replace_reasons=verdict.replace_reasons if verdict else (),
        note=verdict.note if verdict else "",
    )


@contextmanager
def _operation(session: Session, resource: Resource, kind: str, verb: str) -> Generator[None]:
    """An operation of a provider: pending while it lasts, and one error where it is refused."""
    if resource.custom and not urns.is_provider(resource.type):
        session.ledger.begin(resource, kind)
    try:
        yield
    except ProviderError as error:
        session.ledger.failed(resource)
        session.say("error", f"{verb} failed: {error}", resource.urn)
        if not session.dry_run:
            session.stop()


def _with_retries(
    session: Session, operation: str, old: Resource | None, new: Resource | None, act: Callable[[], None]
) -> None:
    resource = new or old
    names = resource.resource_hooks.get("OnError", ()) if resource else ()
    errors: list[str] = []
    while True:
        try:
            return act()
        except ProviderError as error:
            errors.insert(0, str(error))
            hooks = session.hooks
            if not names or hooks is None or session.dry_run or len(errors) > _MAX_RETRIES:
                raise
            if not hooks.retry(names, old, new, operation, errors):
                raise
            urn = resource.urn if resource else ""
            session.say("warning", f"retrying {operation} because a hook asked for it ({len(errors)})", urn)


def _hook(session: Session, kind: str, old: Resource | None, new: Resource | None) -> None:
    """The hooks that come before something is done: a failure stops the run."""
    if not _hook_after(session, kind, old, new):
        session.stop()


def _hook_after(session: Session, kind: str, old: Resource | None, new: Resource | None) -> bool:
    """The hooks of a kind; False where one failed, which is an error of the run, but what was done stays done."""
    resource = new or old
    names = resource.resource_hooks.get(kind, ()) if resource else ()
    if resource and names and session.hooks is not None:
        try:
            session.hooks.run(kind, names, old, new)
        except ProviderError as error:
            session.say("error", str(error), resource.urn)
            return False
    return True


def after_outputs(session: Session, old: Resource | None, new: Resource) -> None:
    """The hooks of a component that come when it has registered its outputs."""
    _hook_after(session, "AfterCreate" if old is None else "AfterUpdate", old, new)
