"""One deliberate corruption each: what is done to whom, which invariant that breaks, and whom the audit must name."""

# ruff: noqa: S608 - the corruptions are SQL, written here

from dataclasses import dataclass

from contracts.bsn import passes_eleven_proof

#: Passes the 11-proof, and begins with 99: no such number is given to a person.
NUMBER = str(next(n for n in range(990_000_000, 999_999_999) if passes_eleven_proof(str(n))))

STATE = "update {schema}.keyed set state = jsonb_set(state, '{{{path}}}', '{value}') where key = '{key}'"
HANDOFF = "key = '{key}' and topic = 'gvd.handoffs'"


def state(schema: str, path: str, value: str) -> str:
    return STATE.replace("{schema}", schema).replace("{path}", path).replace("{value}", value)


def _replaced(old: str, new: str) -> str:
    return f"convert_to(replace(convert_from(value, 'UTF8'), '{old}', '{new}'), 'UTF8')"


def rewritten(schema: str, where: str, old: str, new: str) -> str:
    """One journal entry with other bytes."""
    old, new = old.replace("{", "{{").replace("}", "}}"), new.replace("{", "{{").replace("}", "}}")
    return (
        f"update {schema}.journal set value = {_replaced(old, new)} "
        f"where number = (select min(number) from {schema}.journal where key = '{{key}}' and {where} "
        f"and position(convert_to('{old}', 'UTF8') in value) > 0)"
    )


def said_again(kind: str) -> str:
    """The event once more, numbered as it should be."""
    return (
        "with h as (update handoff.journal_head set last = last + 1 returning last), "
        "k as (update handoff.keyed set said = jsonb_set(said, '{{gvd.handoffs}}', "
        "to_jsonb((said ->> 'gvd.handoffs')::int + 1)) where key = '{key}' "
        "returning (said ->> 'gvd.handoffs')::int as n) "
        "insert into handoff.journal (number, topic, key, sequence, type, value) "
        "select h.last, topic, key, k.n, type, value from h, k, handoff.journal "
        f"where key = '{{key}}' and type like '%.{kind}.v1' order by number limit 1"
    )


def told_otherwise(old: str, new: str) -> str:
    """A publication of the table with other words."""
    return f"update router.journal set value = {_replaced(old, new)} where topic = 'gvd.routing-table'"


NOT_KEPT = "delete from router.edition where version = (select version from router.publication where number = 1)"
DECIDED_BY_IT = ("{helped}", "{working}", "{declined}", "{placed}", "publication 1")


@dataclass(frozen=True)
class Corruption:
    """What is done to whom, which invariant that breaks, and whom it must name."""

    number: str
    fate: str
    script: str
    place: str = "{key}"
    also: tuple[str, ...] = ()


def _(number: str, fate: str, script: str, place: str = "{key}", *also: str) -> Corruption:
    return Corruption(number, fate, script, place, also)


GONE = "delete from {schema}.keyed where key = '{{key}}'"
CORRUPTIONS = {
    "another holder": _("1", "working", state("handoff", "holder", '"duo"')),
    "no holder": _("1", "offered", state("handoff", "holder", '""')),
    "a holder that is not the receiver": _(
        "1", "offered", state("handoff", "holder", '"duo"') + ";" + state("intake", "holder", '"duo"')
    ),
    "another holder at the door": _("1", "offered", state("intake", "holder", '"duo"')),
    "another follower in the router": _("1", "offered", state("router", "question,follower", '"uwv"')),
    "another follower in handoff": _("1", "working", state("handoff", "follower", '"uwv"')),
    "no follower": _("1", "working", state("intake", "follower", '""')),
    "unknown to the router": _("N", "offered", GONE.format(schema="router")),
    "unknown to handoff": _("N", "offered", GONE.format(schema="handoff")),
    "forgotten by handoff": _("1", "offered", "update handoff.keyed set state = 'null' where key = '{key}'"),
    "unknown at the door": _("1", "offered", GONE.format(schema="intake"), "{key}", "intake inbox"),
    "waits for nothing": _("1", "triaged", state("handoff", "status", '"deciding"')),
    "merged into nothing": _("1", "merged", state("handoff", "merged_into", '"00000000-0000-4000-8000-000000000000"')),
    "merged into itself": _(
        "1",
        "merged",
        "update handoff.keyed set state = jsonb_set(state, '{{merged_into}}', to_jsonb(key::text)) where key = '{key}'",
    ),
    "handed over to somebody else": _("1", "handed-over", state("handoff", "follower", '"uwv"')),
    "another outcome": _("2", "stopped", state("handoff", "outcome", '"gone"')),
    "no outcome": _("2", "stopped", "update handoff.keyed set state = state - 'outcome' where key = '{key}'"),
    "an end said twice": _("2", "stopped", said_again("question.ended")),
    "an end not said": _(
        "2",
        "stopped",
        "delete from handoff.journal where key = '{key}' and type like '%ended.v1'",
        "{key}",
        "handoff journal",
    ),
    "an end said of an open question": _(
        "2",
        "offered",
        said_again("handoff.requested")
        + "; update handoff.journal set type = 'nl.geenverkeerdedeur.question.ended.v1' "
        "where key = '{key}' and sequence = 2",
    ),
    "reopened silently": _(
        "2",
        "reopened",
        "update handoff.journal set type = 'nl.geenverkeerdedeur.question.merged.v1' "
        "where key = '{key}' and type like '%.question.reopened.v1'",
    ),
    "helped by nobody": _("2", "helped", state("handoff", "handoffs,0,state", '"withdrawn"')),
    "ended with an open hand-off": _("2", "stopped", state("handoff", "handoffs,0,state", '"requested"')),
    "open at the door": _("2", "stopped", state("intake", "status", '"offered"')),
    "counted twice": _(
        "3",
        "offered",
        "update intake.tally set accepted = accepted + 1 where door = 'gvd.in.duo'",
        "gvd.in.duo/0",
        "intake inbox",
    ),
    "received more than there is": _(
        "3", "offered", "update intake.tally set next_offset = 0 where door = 'gvd.in.duo'", "gvd.in.duo/0"
    ),
    "an input nobody kept": _(
        "3", "offered", "delete from intake.inbox where question = '{key}'", "{key}", "intake inbox"
    ),
    "a refusal nobody kept": _("3", "", "delete from intake.quarantine", "gvd.in.belastingdienst/0"),
    "a refusal nobody was told of": _(
        "3",
        "",
        'update intake.quarantine set quarantine = \'00000000-0000-4000-8000-000000000000\', "offset" = "offset" + 1',
        "gvd.in.belastingdienst/0/7",
    ),
    "said to come from another state": _(
        "4", "helped", rewritten("handoff", "sequence > 1", '"previous":"requested"', '"previous":"accepted"')
    ),
    "an illegal step": _(
        "4", "helped", rewritten("handoff", "sequence > 1", '"state":"in-progress"', '"state":"requested"')
    ),
    "a version skipped": _("4", "helped", rewritten("handoff", "sequence > 1", '"version":3', '"version":4')),
    "offered twice": _("4", "offered", said_again("handoff.requested")),
    "kept in another state": _("4", "working", state("handoff", "handoffs,0,state", '"in-progress"')),
    "kept in another version": _("4", "offered", state("handoff", "handoffs,0,version", "7")),
    "two owners": _("4", "several", state("handoff", "handoffs,1,role", '"lead"')),
    "two owners once": _("4", "several", rewritten("handoff", "sequence > 1", '"role":"partner"', '"role":"lead"')),
    "a candidate beside the owner": _("4", "several", state("handoff", "handoffs,1,role", '"candidate"')),
    "no owner": _("4", "working", state("handoff", "handoffs,0,role", '"partner"')),
    "an older version kept": _("4", "working", state("handoff", "version", "1")),
    "a version that went back": _(
        "4", "working", rewritten("handoff", "true", '"question_version":1', '"question_version":5')
    ),
    "a journal number skipped": _(
        "4",
        "",
        "update handoff.journal set number = -number where number > 5; "
        "update handoff.journal set number = 1 - number where number < 0; "
        "update handoff.journal_head set last = last + 1; update handoff.relay_cursor set number = number + 1",
        "handoff journal",
    ),
    "history cut off": _(
        "4",
        "several",
        "delete from handoff.journal where number = (select last from handoff.journal_head)",
        "handoff journal",
        "{late}",
    ),
    "no clock": _("5", "offered", "delete from handoff.clock where question = '{key}'"),
    "a clock for nothing": _(
        "5", "stopped", "insert into handoff.clock values ('{key}', '{key}', 'triage', now() + interval '1 day')"
    ),
    "a clock moved": _(
        "5", "offered", "update handoff.clock set due_at = due_at + interval '1 h' where question = '{key}'"
    ),
    "a stage without clock": _("5", "working", state("handoff", "clocks", "[]")),
    "on hold without its clock": _("5", "held", state("handoff", "clocks", "[]")),
    "returned without a clock": _("5", "returned", state("handoff", "clocks", "[]")),
    "a clock of another stage": _(
        "5",
        "working",
        state("handoff", "clocks,0,stage", '"acceptance"')
        + "; update handoff.clock set stage = 'acceptance' where question = '{key}'",
    ),
    "rang twice": _("5", "late", said_again("clock.breached")),
    "reminded twice": _("5", "late", said_again("clock.reminded")),
    "told again twice": _("5", "silent", said_again("clock.reminded")),
    "told again in silence": _(
        "5",
        "silent",
        state("handoff", "clocks,0,step", "7") + "; update handoff.clock set step = 7 where question = '{key}'",
    ),
    "rang silently": _(
        "5",
        "offered",
        state("handoff", "clocks,0,step", "1") + "; update handoff.clock set step = 1 where question = '{key}'",
    ),
    "never rang": _(
        "5",
        "offered",
        state("handoff", "clocks,0,next_at", '"2026-01-01T00:00:00Z"')
        + "; update handoff.clock set next_at = '2026-01-01T00:00:00Z' where question = '{key}'",
    ),
    "another organisation decided": _(
        "6", "offered", rewritten("router", "true", '"organisation":"svb"', '"organisation":"uwv"')
    ),
    "other facts": _("6", "offered", rewritten("router", "true", '"topic":"aow"', '"topic":"ww"')),
    "another norm": _("6", "offered", rewritten("router", "true", '"norm":{"code":"', '"norm":{"code":"x')),
    "a human's choice altered": _(
        "6", "placed", rewritten("router", "sequence = 2", '"urgent":false', '"urgent":true')
    ),
    "another number": _("6", "offered", rewritten("router", "true", '"number":1', '"number":2')),
    "chosen after declining": _("7", "offered", rewritten("router", "true", '"declined":[]', '"declined":["svb"]')),
    "offered after declining": _("7", "declined", said_again("handoff.requested")),
    "a number in handoff": _(
        "8", "offered", rewritten("handoff", "true", '"reference":"DUO-1"', f'"reference":"{NUMBER}"')
    ),
    "a number in the router": _(
        "8", "offered", rewritten("router", "true", '"reference":"DUO-1"', f'"reference":"{NUMBER}"')
    ),
    "a number in delivery": _(
        "8", "offered", rewritten("delivery", "true", '"reference":"DUO-1"', f'"reference":"{NUMBER}"')
    ),
    "a number around an event": _(
        "8", "offered", rewritten("delivery", "true", '"source":"urn', f'"source":"{NUMBER}')
    ),
    "an attribute nobody may keep": _(
        "8", "offered", rewritten("intake", "true", '"reference":', '"tweede_nationaliteit":')
    ),
    "no event at all": _("8", "placed", rewritten("intake", "true", '{"specversion"', '{{"specversion"')),
    "a number in quarantine": _(
        "8",
        "",
        f"update intake.quarantine set faults = jsonb_set(faults, '{{{{0,message}}}}', '\"{NUMBER}\"')",
        "gvd.in.belastingdienst/0/6",
    ),
    "a readable text": _(
        "8",
        "helped",
        "update intake.personal_text set content = convert_to('{{\"name\":\"Jan\"}}', 'UTF8') where question = '{key}'",
        "text",
    ),
    "a text in plain words": _(
        "8",
        "helped",
        "update intake.personal_text set content = convert_to('belt u mij na zessen', 'UTF8') where question = '{key}'",
        "text",
    ),
    "a key that is not wrapped": _(
        "8", "helped", "update intake.personal_text set key = substring(key for 32) where question = '{key}'", "text"
    ),
    "forgotten but kept": _(
        "8",
        "helped",
        "update intake.personal_text set forgotten_at = now() + interval '1 day' where question = '{key}'",
        "text",
    ),
    "no recipient": _("9", "helped", "update intake.disclosure set recipient = ' ' where question = '{key}'"),
    "a stranger": _("9", "helped", "update intake.disclosure set recipient = 'duo' where question = '{key}'"),
    "no fields": _("9", "helped", "update intake.disclosure set fields = '{{}}' where question = '{key}'"),
    "other fields": _(
        "9", "helped", "update intake.disclosure set fields = array['name', 'income'] where question = '{key}'"
    ),
    "no purpose": _("9", "helped", "update intake.disclosure set purpose = '' where question = '{key}'"),
    "no legal basis": _("9", "helped", "update intake.disclosure set legal_basis = '' where question = '{key}'"),
    "read before it was held": _(
        "9", "helped", "update intake.disclosure set at = at - interval '1 day' where question = '{key}'"
    ),
    "of another question": _("9", "offered", "update intake.disclosure set question = '{key}'"),
    "sent something else": _("10", "offered", rewritten("delivery", "true", '"rule":"', '"rule":"x-')),
    "sent to another": _(
        "10",
        "offered",
        "update delivery.journal set topic = 'gvd.out.uwv' where key = '{key}' and topic = 'gvd.out.svb'",
    ),
    "sent in another order": _(
        "10",
        "helped",
        "update delivery.journal set sequence = case sequence when 2 then 3 else 2 end "
        "where key = '{key}' and topic = 'gvd.out.svb' and sequence in (2, 3)",
    ),
    "not sent": _(
        "10",
        "offered",
        "update delivery.keyed set said = said - 'gvd.out.svb' where key = '{key}'; "
        "delete from delivery.journal where key = '{key}' and topic = 'gvd.out.svb'",
        "{key}",
        "delivery journal",
    ),
    "a refusal not sent": _(
        "10",
        "",
        "update delivery.journal set topic = 'gvd.out.duo' where type like '%.input.quarantined.v1'",
        "quarantine",
    ),
    "a decision by a table nobody kept": _(
        "6", "offered", rewritten("router", "true", '"table_version":"2', '"table_version":"1')
    ),
    "a table nobody kept": _("6", "offered", NOT_KEPT, "{key}", *DECIDED_BY_IT),
    "agreed by one": _(
        "T",
        "",
        "update router.announcement set state = jsonb_set(state, '{{approved_by}}', state -> 'proposed_by') "
        "where number = 1",
        "publication 1",
    ),
    "never approved": _("T", "", "delete from router.proposal_step where status = 'approved'", "publication 1"),
    "proposed by nobody": _("T", "", "delete from router.proposal_step; delete from router.proposal", "publication 1"),
    "a publication number skipped": _(
        "T", "", "update router.announcement set number = 3 where number = 2", "publication 3", "publication 2"
    ),
    "told otherwise": _("T", "", told_otherwise('"why":"rolled-back"', '"why":"approved"'), "publication 2"),
    "another content told": _("T", "", "update router.candidate set content = 'YQ=='", "publication 1"),
    "decided but not told": _(
        "T", "", told_otherwise('"publication":2', '"publication":7'), "publication 2", "publication 7"
    ),
    "another table at the front door": _(
        "T", "", "update intake.publication set version = 'x' where number = 2", "publication 2"
    ),
    "a table that cannot be used": _(
        "T", "", "update delivery.publication set refused = 'ValueError' where number = 1", "publication 1"
    ),
    "a table that never came": _(
        "T",
        "",
        "delete from delivery.publication where number = 2; update router.announcement set at = at - interval '1 h'",
        "publication 2",
    ),
    "a table from nobody": _(
        "T",
        "",
        "insert into router.publication select number + 9, version, effective_from from router.publication limit 1",
        "publication 10",
    ),
    "saw what nobody said": _(
        "N", "offered", "update handoff.keyed set seen = jsonb_set(seen, '{{gvd.decisions}}', '9') where key = '{key}'"
    ),
    "said more than journaled": _(
        "N", "offered", "update router.keyed set said = jsonb_set(said, '{{gvd.decisions}}', '2') where key = '{key}'"
    ),
    "a sequence skipped": _("N", "offered", "update router.journal set sequence = 2 where key = '{key}'"),
    "still parked": _(
        "N",
        "offered",
        "insert into handoff.parked (topic, key, sequence, value) values ('gvd.decisions', '{key}', 1, '')",
    ),
    "parked without being said": _(
        "N",
        "offered",
        "insert into handoff.parked (topic, key, sequence, value) values ('gvd.decisions', '{key}', 9, '')",
    ),
    "set aside": _(
        "N",
        "offered",
        "with s as (update handoff.keyed set seen = seen - 'gvd.decisions' where key = '{key}') "
        "insert into handoff.parked (topic, key, sequence, value) values ('gvd.decisions', '{key}', 1, '')",
    ),
    "a topic nobody made": _(
        "N", "", "insert into delivery.relay_waiting values ('gvd.out.nobody', 1)", "delivery relay"
    ),
    "published what is not there": _("N", "", "update router.relay_cursor set number = number + 1", "router relay"),
    "a person who was not told": _(
        "11", "offered", "update notices.keyed set state = jsonb_set(state, '{{told}}', '[]') where key = '{key}'"
    ),
    "a person who was told twice": _(
        "11",
        "offered",
        "update notices.keyed set state = jsonb_set(state, '{{told}}', (state -> 'told') || (state -> 'told')) "
        "where key = '{key}'",
    ),
    "a notice that waits nowhere": _("11", "mailed", "delete from notices.queue where question = '{key}'"),
    "a notice kept as sent that nobody sent": _("11", "offered", state("notices", "told,0,status", '"sent"')),
    "a notice that waits for nothing": _(
        "11", "offered", "insert into notices.queue (notice, question) values (gen_random_uuid(), '{key}')"
    ),
    "a task the desk was never sent": _(
        "10",
        "offered",
        rewritten("delivery", "type like '%to-tell.v1'", '"why":"no-channel"', '"why":"by-phone"'),
    ),
    "a notice that read the story": _(
        "9",
        "mailed",
        "update intake.disclosure set fields = array['email', 'text'] "
        "where question = '{key}' and recipient = 'notices'",
    ),
}
