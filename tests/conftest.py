"""One profile for all properties: how fast a machine draws its values is not what they test, and a busy one must not fail them."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

settings.register_profile("chairtime", suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("chairtime")
