"""The workspace of a run: people, channels, jobs that keep a record, and Slack's moods."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bot.adapters.slack_checks import SCOPES
from chaos.plans import APPROVERS, CHANNELS, PEOPLE
from simulator import Fault, Workspace

POLICY = """
version: 1
roles:
  everybody: [{name: all, may: [use, run, history]}]
  boss: [{name: decide, may: [use, approve, history, cancel]}]
people:
  - {emails: ["*@example.com"], roles: [everybody]}
  - {users: [BOSSES], roles: [boss]}
"""

_JOB = """
  - name: NAME
    title: TITLE
    run: [sh, "{catalog}/record.sh", NAME, "{n}"]
    parameters: [{name: n, type: string, required: true}]
"""
_MORE = {
    "note": "",
    "talk": "",
    "fail": "",
    "slow": "    timeout: 5m\n",
    "flaky": "    retries: {count: 1, delay: 1s}\n",
    "held": "    approval: {by: [boss], count: 1, expires: 24h}\n",
}

RECORD = """
# One line, appended whole: what ran, in which try. Written before anything else happens.
echo "$2 $JOBTHREAD_RUN" >> RECORD_FILE
case "$1" in
  talk) echo "::progress 50 halfway"; echo "some words of $2"; echo "::summary told $2" ;;
  fail) echo "::error the disk of $2 is full"; exit 3 ;;
  slow) echo "::step waiting"; sleep 3; echo "::summary waited" ;;
  flaky) test "$(grep -c "^$2 " RECORD_FILE)" -ge 2 ;;
esac
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Moods:
    """How often Slack answers badly, and envelopes go astray; probabilities."""

    ratelimited: float = 0.10
    server_errors: float = 0.05
    lost_answers: float = 0.02
    duplicates: float = 0.03
    late: float = 0.03
    very_late: float = 0.005
    cut: float = 0.003


def person(number: int) -> str:
    return f"person{number}"


def room(number: int) -> str:
    return f"#room{number}"


def boss(number: int) -> str:
    return f"boss{number}"


def town(seed: int) -> Workspace:
    """A workspace with everybody in it; its chances follow the seed."""
    workspace = Workspace(bot_name="jobs", scopes=SCOPES)
    # Slack's own are 0, 60 and 300 seconds: too long to wait for here.
    workspace.redelivery = (0.0, 2.0, 5.0, 10.0, 20.0)
    everybody = [person(n) for n in range(PEOPLE)] + [boss(n) for n in range(APPROVERS)]
    for name in everybody:
        host = "example.com" if name.startswith("person") else "bosses.test"
        workspace.add_person(name, email=f"{name}@{host}")
    for number in range(CHANNELS):
        workspace.add_channel(room(number)[1:], members=everybody)
    workspace.add_channel("operators", members=[boss(0)])
    workspace.faults.seed(seed)
    return workspace


def faults_of(moods: Moods) -> Sequence[Fault]:
    """What Slack does to calls and envelopes when its moods are these."""
    always = None
    return (
        Fault.ratelimit(retry_after=1, times=always, probability=moods.ratelimited),
        Fault.server_error(status=503, times=always, probability=moods.server_errors),
        Fault.lost_answer(times=always, probability=moods.lost_answers),
        Fault.duplicate_envelope(times=always, probability=moods.duplicates),
        Fault.delay_envelope(4.0, times=always, probability=moods.very_late),
        Fault.delay_envelope(0.7, times=always, probability=moods.late),
        Fault.drop_socket(times=always, probability=moods.cut),
        Fault.drop_socket(times=always, probability=moods.cut, delivered=False),
    )


def write_files(folder: Path) -> None:
    """Catalogue and policy; jobs of the first write a line into `record` when they run."""
    catalog = folder / "catalog"
    catalog.mkdir(parents=True)
    jobs = [
        _JOB.replace("NAME", name).replace("TITLE", name.title()) + more
        for name, more in _MORE.items()
    ]
    (catalog / "jobs.yaml").write_text("jobs:" + "".join(jobs))
    script = RECORD.replace("RECORD_FILE", f"'{folder / 'record'}'")
    (catalog / "record.sh").write_text(script)
    (folder / "record").touch()
    bosses = ", ".join(f"U{boss(n).upper()}" for n in range(APPROVERS))
    _write_key(folder / "audit.key")
    (folder / "policy.yaml").write_text(POLICY.replace("BOSSES", bosses))


def _write_key(file: Path) -> None:
    """What every replica signs the audit log with, so that each can prove what others signed."""
    file.write_bytes(
        Ed25519PrivateKey.generate().private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    file.chmod(0o600)


def environment_of(
    workspace: Workspace, folder: Path, database: str, replica: int
) -> Mapping[str, str]:
    """What one replica finds around it; each has a state folder of its own, and so is a host."""
    return {
        "SLACK_BOT_TOKEN": "xoxb-local",
        "SLACK_APP_TOKEN": "xapp-local",
        "SLACK_API_URL": workspace.api_url,
        "JOBTHREAD_DATABASE_URL": database,
        "JOBTHREAD_CATALOG": str(folder / "catalog"),
        "JOBTHREAD_POLICY": str(folder / "policy.yaml"),
        "JOBTHREAD_STATE": str(state_of(folder, replica)),
        "JOBTHREAD_HOST": f"host{replica}",
        "JOBTHREAD_SANDBOX": "none",
        "JOBTHREAD_AUDIT_KEY": f"file:{folder / 'audit.key'}",
        "JOBTHREAD_AUDIT_SIGN_SECONDS": "15",
        "JOBTHREAD_OPERATORS": "COPERATORS",
        "JOBTHREAD_SLACK_PACE": "100",
        "JOBTHREAD_WEB_PORT": "0",
    }


def state_of(folder: Path, replica: int) -> Path:
    return folder / f"state{replica}"
