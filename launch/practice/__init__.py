"""A practice EHR on loopback: an OAuth2 and OpenID server that enforces, a FHIR R4 read API, patients, a frame, and faults on demand.

For teaching and tests only: anyone who can reach it may open any of its patients.
"""
