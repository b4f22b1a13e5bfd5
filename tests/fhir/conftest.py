"""A FHIR server with a small chart, and a reader of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.fhir.parts import CHART, Reader
from tests.fhir.server import FhirServer


@pytest.fixture
def server() -> Iterator[FhirServer]:
    with FhirServer(list(CHART)) as one:
        yield one


@pytest.fixture
def read() -> Reader:
    return Reader()
