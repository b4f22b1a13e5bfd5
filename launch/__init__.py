"""SMART App Launch, both ends. Empty until the launch is built; it will import neither coding nor smart_app."""
