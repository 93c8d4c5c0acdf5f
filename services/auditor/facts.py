"""The facts most checks need, drawn from states and journals once. State is stored without its defaults."""

TABLES = """
create temp table view (
  key uuid, follower text, holder text, status text, outcome text, accepted_at timestamptz,
  seen_handoffs int, said_questions int, said_replies int
);
create temp table route (
  key uuid, stated bool, follower text, seen_questions int, seen_requests int, said_decisions int
);
create temp table life (
  key uuid, stated bool, status text, follower text, holder text, outcome text, merged_into uuid, version int,
  seen_decisions int, seen_replies int, said_handoffs int, said_requests int
);
create temp table offer (
  key uuid, handoff uuid, role text, receiver text, connected bool, state text, version int, open bool
);
create temp table ticking (
  key uuid, subject uuid, stage text, started_at timestamptz, due_at timestamptz, step int, next_at timestamptz
);
create temp table told (
  number bigint, key uuid, sequence int, kind text, at timestamptz, digest uuid,
  handoff uuid, version int, question_version int, role text, receiver text, follower text, holder text,
  by_whom text, state text, previous text, outcome text, stage text, due_at timestamptz, connected bool, rule text,
  desk text, step text, again int, started_at timestamptz, contact text, contact_before text
);
create temp table door_of (agency text, since date, until date);
"""

_VIEW = """
insert into view
select key, state ->> 'follower', state ->> 'holder', coalesce(state ->> 'status', 'accepted'), state ->> 'outcome',
       (state ->> 'accepted_at')::timestamptz, coalesce((seen ->> 'gvd.handoffs')::int, 0),
       coalesce((said ->> 'gvd.questions')::int, 0),
       coalesce((said ->> 'gvd.replies')::int, 0)
  from intake.keyed where jsonb_typeof(state) = 'object'
"""

_ROUTE = """
insert into route
select key, jsonb_typeof(state) = 'object', state -> 'question' ->> 'follower',
       coalesce((seen ->> 'gvd.questions')::int, 0), coalesce((seen ->> 'gvd.decision-requests')::int, 0),
       coalesce((said ->> 'gvd.decisions')::int, 0)
  from router.keyed
"""

_LIFE = """
insert into life
select key, jsonb_typeof(state) = 'object', state ->> 'status', state ->> 'follower', state ->> 'holder',
       state ->> 'outcome', (state ->> 'merged_into')::uuid, coalesce((state ->> 'version')::int, 1),
       coalesce((seen ->> 'gvd.decisions')::int, 0), coalesce((seen ->> 'gvd.replies')::int, 0),
       coalesce((said ->> 'gvd.handoffs')::int, 0), coalesce((said ->> 'gvd.decision-requests')::int, 0)
  from handoff.keyed
"""

_OFFER = """
insert into offer
select k.key, (h ->> 'handoff')::uuid, h ->> 'role', h ->> 'receiver', (h ->> 'connected')::bool,
       coalesce(h ->> 'state', 'requested'), coalesce((h ->> 'version')::int, 1),
       coalesce(h ->> 'state', 'requested') not in ('completed', 'declined', 'expired', 'not-selected', 'withdrawn',
                                                    'failed', 'entered-in-error')
  from handoff.keyed k cross join lateral jsonb_array_elements(k.state -> 'handoffs') as h
 where jsonb_typeof(k.state -> 'handoffs') = 'array'
"""

_TICKING = """
insert into ticking
select k.key, (c ->> 'subject')::uuid, c ->> 'stage', (c ->> 'started_at')::timestamptz,
       (c ->> 'due_at')::timestamptz, coalesce((c ->> 'step')::int, 0), (c ->> 'next_at')::timestamptz
  from handoff.keyed k cross join lateral jsonb_array_elements(k.state -> 'clocks') as c
 where jsonb_typeof(k.state -> 'clocks') = 'array'
"""

DIGEST = """md5(substring(value from position('"data":'::bytea in value)))::uuid"""
"""Of what an event says, without its envelope: the same in every topic it is passed on to."""

_TOLD = f"""
insert into told
select j.number, j.key, j.sequence, substring(j.type from '^nl\\.geenverkeerdedeur\\.(.*)\\.v[0-9]+$'), j.at, {DIGEST},
       d.handoff, d.version, d.question_version, d.role, d.receiver, d.follower, d.holder, d."by", d.state, d.previous,
       d.outcome, d.stage, d.due_at, d.connected, d.rule, d.desk,
       case when j.type like '%.clock.breached.v1' then 'breach' else d.step end,
       coalesce(d.again, 0), d.started_at, d.person ->> 'organisation',
       case when j.type like '%.contact-person.named.v1' then d.previous::json ->> 'organisation' end
  from handoff.journal j
 cross join lateral json_to_record(convert_from(j.value, 'UTF8')::json -> 'data') as d(
       handoff uuid, version int, question_version int, role text, receiver text, follower text, holder text,
       "by" text, state text, previous text, outcome text, stage text, due_at timestamptz, connected bool, rule text,
       desk text, step text, again int, started_at timestamptz, person json)
 where j.topic = 'gvd.handoffs'
"""  # noqa: S608 - DIGEST is ours

FILL = (
    _VIEW,
    _ROUTE,
    _LIFE,
    _OFFER,
    _TICKING,
    _TOLD,
    "analyze view",
    "analyze route",
    "analyze life",
    "analyze offer",
    "analyze ticking",
    "analyze told",
)
