"""SMART App Launch 2.2: the client (issuers, discovery, handshake, identity) and, in practice/, an EHR to launch from.

It imports neither coding nor smart_app. A launch goes: `issuers` allows the EHR, `discovery` finds its endpoints,
`handshake` asks, exchanges the code, refreshes and revokes; `context.Launch` is what the rest of the app knows of it.
Every failure is one class of `problems`.
"""
