"""files.*: the upload in two steps, what is known of a file, deleting it."""

from simulator.channels import Channel
from simulator.files import File, file_object, mimetype
from simulator.methods.access import visible
from simulator.methods.calls import Call, Method, Refusal, Tier
from simulator.methods.drafts import checked_blocks
from simulator.postings import Draft, bot_says
from simulator.shapes import JsonObject
from simulator.teams import Team

ALT_TEXT = 1000
SNIPPET_BYTES = 1_000_000


def get_upload_url(team: Team, call: Call) -> JsonObject:
    name, length = call.required("filename"), call.number("length", 0)
    if length <= 0:
        raise Refusal("missing_argument")
    if len(call.text("alt_txt")) > ALT_TEXT:
        raise Refusal("alt_txt_too_large")
    if call.text("snippet_type") and length > SNIPPET_BYTES:
        raise Refusal("snippet_too_large")
    file = File(
        id=team.files.new_id(),
        name=name,
        title=name,
        user=team.bot.id,
        size=length,
        created=int(team.clock.now()),
        mimetype=mimetype(name),
        alt_text=call.text("alt_txt"),
    )
    team.files.begin(file)
    return {"ok": True, "upload_url": f"{team.base_url}/upload/v1/{file.id}", "file_id": file.id}


def complete_upload(team: Team, call: Call) -> JsonObject:
    asked = call.objects("files", "invalid_arguments")
    if not asked:
        raise Refusal("invalid_arguments", "[ERROR] missing required field: files")
    channels = _shared_with(team, call)
    blocks = checked_blocks(call)
    pending = [_pending(team, entry) for entry in asked]
    files = tuple(_finish(team, file, content, channels) for file, content in pending)
    for channel in channels:
        draft = Draft(
            text=call.text("initial_comment"),
            blocks=blocks,
            thread_ts=call.text("thread_ts") or None,
            files=tuple(file.id for file in files),
        )
        bot_says(team, channel, draft)
    return {"ok": True, "files": [_described(team, file) for file in files]}


def info(team: Team, call: Call) -> JsonObject:
    return {
        "ok": True,
        "file": _described(team, _known(team, call)),
        "comments": [],
        "response_metadata": {"next_cursor": ""},
    }


def delete(team: Team, call: Call) -> JsonObject:
    file = _known(team, call)
    if file.user != team.bot.id:
        raise Refusal("cant_delete_file")
    team.files.remove(file.id)
    team.journal.add("file", team.bot.id, {"change": "deleted", "file": file.id})
    return {"ok": True}


def _shared_with(team: Team, call: Call) -> list[Channel]:
    asked = [call.text("channel_id")] if call.text("channel_id") else call.listed("channels")
    found: list[Channel] = []
    for channel_id in asked:
        try:
            channel = visible(team, channel_id)
        except Refusal:
            raise Refusal("invalid_channel") from None
        if team.bot.id not in channel.members:
            raise Refusal("not_in_channel")
        if channel.archived:
            raise Refusal("posting_to_channel_denied")
        found.append(channel)
    return found


def _pending(team: Team, entry: JsonObject) -> tuple[File, bytes]:
    upload = team.files.upload(str(entry.get("id")))
    if upload is None or upload.content is None:
        raise Refusal("file_not_found")
    title = str(entry.get("title") or upload.file.name)
    return upload.file.titled(title), upload.content


def _finish(team: Team, file: File, content: bytes, channels: list[Channel]) -> File:
    shared = file.shared(*(channel.id for channel in channels))
    team.journal.add("file", team.bot.id, {"change": "added", "file": file.id, "name": file.name})
    return team.files.finish(shared, content)


def _known(team: Team, call: Call) -> File:
    file = team.files.find(call.required("file"))
    if file is None:
        raise Refusal("file_not_found")
    return file


def _described(team: Team, file: File) -> JsonObject:
    return file_object(file, base_url=team.base_url, team_id=team.id)


_WRITE = ("files:write",)
METHODS = {
    "files.getUploadURLExternal": Method(run=get_upload_url, scopes=_WRITE, tier=Tier.FOUR),
    "files.completeUploadExternal": Method(run=complete_upload, scopes=_WRITE, tier=Tier.FOUR),
    "files.info": Method(run=info, scopes=("files:read",), tier=Tier.FOUR),
    "files.delete": Method(run=delete, scopes=_WRITE),
}
