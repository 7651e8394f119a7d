"""Platforms behind `bylaw.ports.Platform`: a simulated one, and one made of files."""

from bylaw.connectors._file import FilePlatform
from bylaw.connectors._simulated import AccountState, DeliveredNotice, SimulatedPlatform

__all__ = ["AccountState", "DeliveredNotice", "FilePlatform", "SimulatedPlatform"]
