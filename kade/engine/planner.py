"""What happens to a resource that a program registers: the same decisions as Pulumi's step generator.

Source: ``pkg/resource/deploy/step_generator.go`` of pulumi/pulumi.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from kade.engine import aliases, deletes, steps, urns
from kade.engine import diff as differences
from kade.engine.aliases import Alias
from kade.engine.diff import SAME, Verdict, because
from kade.engine.goal import Goal, ReadGoal
from kade.engine.pack_values import secret_texts
from kade.engine.plan import Resource
from kade.engine.provider import ProviderError
from kade.engine.registry import reference_to, refusal
from kade.engine.session import Registered, Session
from kade.engine.values import UNKNOWN, Secret, Value, has_unknown


class Planner:
    """Plans and does one registration after the other. All methods are called with the session's lock held."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.news: dict[str, Resource] = {}  # by urn, every resource that was registered or read
        self.olds_of: dict[str, Resource] = {}  # by urn now, what stood for it in the state
        self.seen: set[str] = set()
        self.claimed: dict[str, str] = {}  # urn in the state -> urn now, where the two differ
        self.replaces: set[str] = set()
        self.operated: set[str] = set()  # everything but deletions, by urn now
        self.deletes: dict[str, bool] = {}
        self.pending_deletes: set[int] = set()
        self.dependent_reasons: dict[str, list[str]] = {}

    def register(self, goal: Goal) -> Resource:
        """Bring about what the goal asks for. Raises `Stopped` where that ends the run."""
        session = self.session
        urn, old = self._identify(goal.parent, goal.type, goal.name, goal.aliases)
        session.on_event(Registered(urn, goal.type))
        new = goal.resource(urn, old)
        session.mask.add(secret_texts(goal.inputs))
        recreating = urn in self.deletes
        was_external = old is not None and old.external
        if goal.custom and goal.import_id and (old is None or old.external or _import_id(old) != goal.import_id):
            new = self._import(goal, old, new)
        else:
            self._decide(goal, old, new, recreating=recreating, was_external=was_external)
        self.news[urn] = new
        return new

    def _identify(self, parent: str, type_: str, name: str, given: Sequence[Alias]) -> tuple[str, Resource | None]:
        session = self.session
        if parent and parent not in self.seen:
            session.say("error", f"could not find parent resource {parent}")
            session.stop()
        urn = urns.make_urn(session.stack, session.project, parent, type_, name)
        if urn in self.seen:
            session.say("error", f"Duplicate resource URN '{urn}'; try giving it a unique name", urn)
            session.stop()
        if urn in self.claimed:
            session.say("error", f"Duplicate resource URN '{urn}' conflicting with alias on '{self.claimed[urn]}'", urn)
            session.stop()
        self.seen.add(urn)
        place = aliases.Place(session.stack, session.project, parent, type_, name)
        others = aliases.candidates(place, given, session.ledger.renamed)
        old = session.ledger.olds.find(urn, others)
        if old is not None and old.urn != urn:
            if old.urn in self.seen or old.urn in self.claimed:
                other = self.claimed.get(old.urn, old.urn)
                session.say("error", f"Duplicate resource alias '{old.urn}' applied to both '{urn}' and '{other}'", urn)
                session.stop()
            self.claimed[old.urn] = urn
            session.ledger.renamed[urn] = old.urn
        if old is not None:
            self.olds_of[urn] = old
        return urn, old

    def _decide(self, goal: Goal, old: Resource | None, new: Resource, *, recreating: bool, was_external: bool) -> None:
        session = self.session
        fresh = old is None or recreating or was_external
        if old is not None:
            new.inputs, missing = differences.ignore(old.inputs, new.inputs, goal.ignore_changes)
            if missing:
                listed = ", ".join(f'"{m}"' for m in missing)
                session.say("warning", f"cannot ignore changes to {listed}: parts of the path are missing", new.urn)
        valid = self._check(new, None if fresh or old is None else old, goal.inputs if fresh else new.inputs)
        self._judge(goal, new)
        if not valid:
            session.ledger.done(new, old)
            new.id = old.id if old else UNKNOWN
            self.operated.add(new.urn)
            return
        if old is not None and recreating:
            del self.deletes[new.urn]
            self.replaces.add(new.urn)
            self.operated.add(new.urn)
            verdict = Verdict(True, True, replace_reasons=self.dependent_reasons.get(new.urn, []))
            steps.replaced(session, old, new, None)
            steps.create(session, new, old=old, verdict=verdict)
        elif old is not None and was_external:
            self.operated.add(new.urn)
            steps.create(session, new, old=old, keep_old=True)
            steps.replaced(session, old, new, None)
        elif old is not None:
            self._compare(goal, old, new)
        else:
            self.operated.add(new.urn)
            steps.create(session, new)

    def _check(self, new: Resource, old: Resource | None, inputs: dict[str, Value]) -> bool:
        """Ask the provider; the inputs become those with its defaults. False where they are not valid."""
        session = self.session
        if not new.custom or urns.is_provider(new.type):
            return True
        if not session.dry_run and has_unknown(inputs):
            session.refuse("an input is not known, which only a preview allows.", new.urn)
        try:
            checked = session.calls(new).check(new.urn, new.type, old.inputs if old else None, inputs)
        except ProviderError as error:
            session.refuse(str(error), new.urn)
            return False
        for warning in checked.warnings:
            session.say("warning", refusal([warning]), new.urn)
        new.inputs = checked.inputs
        if checked.failures:
            session.refuse(refusal(checked.failures), new.urn)
            return False
        return True

    def _judge(self, goal: Goal, new: Resource) -> None:
        """Send it to the policy packs; a remediation changes its inputs."""
        policies = self.session.policies
        if policies is None:
            return
        provider = self.provider_of(new)
        other = policies.remediate(new, provider, goal.delete_before_replace)
        if other is not None:
            new.inputs = other
        policies.analyze(replace(new), provider, goal.delete_before_replace)

    def provider_of(self, resource: Resource) -> Resource | None:
        """The provider resource of a resource."""
        return self.news.get(resource.provider.rpartition("::")[0]) if resource.provider else None

    def _compare(self, goal: Goal, old: Resource, new: Resource) -> None:
        session = self.session
        try:
            verdict = self._difference(goal, old, new)
        except ProviderError as error:
            session.refuse(str(error), new.urn)
            verdict = SAME
        self.operated.add(new.urn)
        if old.pending_replacement or verdict.replace:
            self._replace(goal, old, new, verdict)
        elif verdict.changes or old.init_errors:
            steps.update(session, old, new, verdict)
        else:
            steps.same(session, old, new)

    def _difference(self, goal: Goal, old: Resource, new: Resource) -> Verdict:
        if any(urn in self.replaces for urn in new.replace_with):
            return because("replaceWith")
        if new.deleted_with and new.deleted_with in self.replaces:
            return because("deletedWith")
        if _triggered(old.replacement_trigger, new.replacement_trigger):
            if not self.session.dry_run and has_unknown(new.replacement_trigger):
                self.session.refuse(f"replacement trigger contains unknowns for {new.urn}", new.urn)
            return because("replacementTrigger")
        if self._provider_changed(old, new):
            return because("provider")
        if not new.custom or urns.is_provider(new.type):
            before = differences.known_secrets(old.inputs, new.inputs)
            changed = {} if differences.equal(before, new.inputs) else differences.changed(before, new.inputs)
            return differences.of_inputs(changed)
        answer = self.session.calls(new).diff(replace(old, type=new.type, urn=new.urn), new.inputs)
        return differences.judge(answer, goal.replace_on_changes, init_errors=bool(old.init_errors))

    def _provider_changed(self, old: Resource, new: Resource) -> bool:
        """A resource is replaced where it gets or loses a provider; another provider alone changes nothing."""
        return bool(old.provider) != bool(new.provider)

    def _replace(self, goal: Goal, old: Resource, new: Resource, verdict: Verdict) -> None:
        session = self.session
        if new.protect and old.protect:
            session.refuse(
                f'unable to replace resource "{new.urn}" as it is currently marked for protection. To unprotect it,'
                " remove `protect` from the resource in the program and deploy that first.",
                new.urn,
            )
        if goal.import_id:
            severity = "warning" if session.dry_run else "error"
            message = "previously-imported resources that still specify an ID may not be replaced; remove `import_`"
            session.say(severity, f"{message} from the program: {', '.join(verdict.replace_reasons)}", new.urn)
            if not session.dry_run:
                session.stop()
        self.replaces.add(new.urn)
        self._check(new, None, goal.inputs)  # names are generated anew
        delete_first = verdict.delete_before_replace
        if goal.delete_before_replace is not None:
            delete_first = goal.delete_before_replace
        if not delete_first:
            steps.create(session, new, old=old, keep_old=True, verdict=verdict)
            steps.replaced(session, old, new, verdict)
            return
        deletes.delete_dependents(self, old, new.urn)
        if not old.pending_replacement:
            self.deletes[old.urn] = True
            steps.delete(session, old, self.deletes, replaced=True, pending_replacement=True)
            del self.deletes[old.urn]
        steps.replaced(session, old, new, verdict)
        steps.create(session, new, old=old, verdict=verdict)

    def _import(self, goal: Goal, old: Resource | None, new: Resource) -> Resource:
        """Read what stands, then compare it with the goal as with a state."""
        session = self.session
        self.operated.add(new.urn)
        wanted = goal.inputs
        stands = steps.imported(session, old, new, wanted)
        if old is not None:
            steps.replaced(session, old, stands, None)
        after = goal.resource(new.urn, stands)
        after.aliases = ()
        after.inputs, _ = differences.ignore(stands.inputs, wanted, goal.ignore_changes)
        if not self._check(after, stands, after.inputs):
            return stands
        self._judge(goal, after)
        verdict = self._difference(goal, stands, after)
        if verdict.replace:
            self._replace(goal, stands, after, verdict)
        elif verdict.changes:
            steps.update(session, stands, after, verdict)
        else:
            return stands
        return after

    def read(self, goal: ReadGoal) -> Resource:
        """Read a resource that the stack does not own."""
        session = self.session
        urn, old = self._identify(goal.parent, goal.type, goal.name, [])
        session.on_event(Registered(urn, goal.type))
        new = Resource(
            urn=urn,
            type=goal.type,
            id=goal.id,
            inputs=goal.inputs,
            parent=goal.parent,
            external=True,
            dependencies=goal.dependencies,
            provider=goal.provider,
            additional_secret_outputs=goal.additional_secret_outputs,
            aliases=[old.urn] if old and old.urn != urn else (),
            source_position=goal.source_position,
        )
        replacing = old is not None and not old.external and old.id != goal.id
        steps.read(session, old, new, replacing=replacing)
        if replacing and old is not None:
            self.replaces.add(urn)
            steps.replaced(session, old, new, None)
        self.operated.add(urn)
        self.news[urn] = new
        return new

    def outputs(self, urn: str, outputs: dict[str, Value]) -> None:
        """What a component registered at its end. The stack's are kept until the run has ended."""
        new = self.news.get(urn)
        if new is None:
            self.session.say("error", f"cannot complete a resource '{urn}' whose registration isn't pending", urn)
            self.session.stop()
            return
        if new.type == urns.STACK_TYPE:
            self.session.stack_outputs = outputs
            return
        new.outputs = outputs
        self.session.ledger.outputs(new)
        steps.after_outputs(self.session, self.olds_of.get(urn), new)

    def finish_outputs(self) -> None:
        """The stack's outputs: the new ones; in a failed run, beside those of before."""
        session = self.session
        stack = next((r for r in self.news.values() if r.type == urns.STACK_TYPE), None)
        if stack is None or session.stack_outputs is None:
            return
        old = self.olds_of.get(stack.urn)
        before: Mapping[str, Value] = old.outputs if old else {}
        stack.outputs = {**before, **session.stack_outputs} if session.failed else session.stack_outputs
        session.ledger.outputs(stack)

    def default_provider(self, package: str, version: str, url: str) -> str:
        """The reference of a package's default provider, which is made at its first use."""
        name = "default" + (f"_{version}" if version else "")
        for char in ".-+":
            name = name.replace(char, "_")
        if url:
            name += "_" + "".join(c if c.isalnum() or c in "_." else "_" for c in url)
        type_ = urns.PROVIDER_PREFIX + package
        urn = urns.make_urn(self.session.stack, self.session.project, "", type_, name)
        found = self.news.get(urn)
        if found is None:
            config = {k: v for k, v in self.session.config.items() if k.startswith(f"{package}:")}
            inputs: dict[str, Value] = {k.removeprefix(f"{package}:"): v for k, v in config.items()}
            if url:
                inputs["__internal"] = {"pluginDownloadURL": url}
            if version:
                inputs.setdefault("__internal", {})
                inputs["version"] = version
            found = self.register(Goal(type=type_, name=name, inputs=inputs))
        return reference_to(found)


def _import_id(old: Resource) -> Value:
    return old.import_id or old.id


def _triggered(old: Value, new: Value) -> bool:
    """Whether a replacement trigger asks for a replacement: only a change from one value to another does."""
    old = old.value if isinstance(old, Secret) else old
    new = new.value if isinstance(new, Secret) else new
    return old is not None and new is not None and (new is UNKNOWN or not differences.equal(old, new))
