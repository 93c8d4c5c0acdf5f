"""All cases: the worked examples of the requirements (C-..) and what a referral must also survive (D-..)."""

from services.demo.cases import besides, doors, first_door, money, replies, rights, together, turns, unsure, wrong_data
from services.demo.script import Case

ALL: tuple[Case, ...] = tuple(
    sorted(
        (
            *first_door.CASES,
            *wrong_data.CASES,
            *together.CASES,
            *rights.CASES,
            *money.CASES,
            *unsure.CASES,
            *replies.CASES,
            *doors.CASES,
            *besides.CASES,
            *turns.CASES,
        ),
        key=lambda case: case.id,
    )
)
