"""When a call is made again, and after how long."""

import random
from typing import Any

import httpx2

from tuppence_sdk.errors import Refused

TRIES = 3
_WAIT_SECONDS_MAX = 30.0
_REPEATABLE = frozenset({"GET", "PUT", "DELETE"})


def may_repeat(method: str, response: httpx2.Response | None) -> bool:
    """Without an answer, or told to come back: whatever has an id, or changes nothing. A POST only if it was refused
    before anything was done."""
    if response is None:
        return method in _REPEATABLE
    return response.status_code == 429 or (response.status_code == 503 and method in _REPEATABLE)


def wait_seconds(tried: int, response: httpx2.Response | None) -> float:
    """What the server says; else anywhere up to a bound that doubles, so that not all come back at once."""
    told = response.headers.get("retry-after", "") if response is not None else ""
    if told.isdigit():
        return min(float(told), _WAIT_SECONDS_MAX)
    return random.uniform(0, 0.25 * 2**tried)


def read(response: httpx2.Response) -> Any:
    """The JSON of an answer, None for an empty one. Raises: Refused."""
    if response.status_code < 400:
        return response.json() if response.content else None
    try:
        problem = response.json()
    except ValueError:
        problem = {}
    raise Refused(response.status_code, problem if isinstance(problem, dict) else {})
