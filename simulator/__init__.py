"""A strict, stateful Slack workspace on this machine: Web API, Socket Mode, people to drive."""

from simulator.channels import Channel
from simulator.faults import Fault
from simulator.files import File
from simulator.gestures.records import Gesture
from simulator.journal import Entry, Violation
from simulator.messages import Message
from simulator.people import User, Usergroup
from simulator.views import View
from simulator.workspace import Workspace

__all__ = [
    "Channel",
    "Entry",
    "Fault",
    "File",
    "Gesture",
    "Message",
    "User",
    "Usergroup",
    "View",
    "Violation",
    "Workspace",
]
