"""Where the audit log is kept outside: folders, buckets that speak S3, a file of checkpoints."""

import os
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from bot.adapters.archives import CheckpointFile, FolderArchive, archive_of
from bot.adapters.buckets import BucketArchive
from bot.adapters.ledgers import Ledgers
from bot.domain.errors import Mistake, Permanent, Temporary
from bot.ports import Archive
from tests.fakes.buckets import KEY_ID, REGION, SECRET, Bucket, bucket
from tests.fakes.chains import chain, signed

NAME = "rows/000000000001-000000000003-0123456789ab.jsonl"


@pytest.fixture
async def store() -> AsyncGenerator[Bucket]:
    async with bucket() as made:
        yield made


def _archive(store: Bucket, **changes: str) -> Archive:
    given = {"endpoint": store.endpoint, "region": REGION, "key_id": KEY_ID, "secret": SECRET}
    return archive_of("s3://trail/jobs é/prod", **{**given, **changes})


async def test_a_piece_is_put_into_the_bucket_signed(store: Bucket) -> None:
    await _archive(store).put(NAME, b'{"seq":1}\n')

    assert store.objects == {f"trail/jobs é/prod/{NAME}": b'{"seq":1}\n'}


async def test_another_secret_is_refused_for_good(store: Bucket) -> None:
    with pytest.raises(Permanent, match="refused"):
        await _archive(store, secret="guessed").put(NAME, b"x")

    assert store.refused == ["another signature"]
    assert store.objects == {}


@pytest.mark.parametrize("status", [403, 404])
async def test_a_bucket_that_is_not_ours_or_not_there_is_refused_for_good(
    store: Bucket, status: int
) -> None:
    store.answers = [status]

    with pytest.raises(Permanent):
        await _archive(store).put(NAME, b"x")


@pytest.mark.parametrize("answers", [[503], [500, 503], [0], [-1]])
async def test_trouble_that_passes_is_outlived(store: Bucket, answers: list[int]) -> None:
    store.answers = answers

    await _archive(store).put(NAME, b"x")

    assert list(store.objects.values()) == [b"x"]


async def test_trouble_that_lasts_is_temporary(store: Bucket) -> None:
    store.answers = [503] * 20

    with pytest.raises(Temporary, match="did not take"):
        await _archive(store).put(NAME, b"x")


async def test_nobody_there_is_temporary(store: Bucket) -> None:
    with pytest.raises(Temporary):
        await _archive(store, endpoint="http://127.0.0.1:9").put(NAME, b"x")


async def test_a_folder_holds_whole_files_that_only_the_bot_may_read(tmp_path: Path) -> None:
    archive = archive_of(f"file://{tmp_path}/trail")

    await archive.put(NAME, b"first")
    await archive.put(NAME, b"again")

    file = tmp_path / "trail" / NAME
    assert file.read_bytes() == b"again"
    assert os.listdir(file.parent) == [file.name]
    assert file.stat().st_mode & 0o777 == 0o600


async def test_a_folder_that_takes_nothing_is_temporary(tmp_path: Path) -> None:
    (tmp_path / "trail").write_text("a file")

    with pytest.raises(Temporary):
        await FolderArchive(tmp_path / "trail").put(NAME, b"x")


@pytest.mark.parametrize("url", ["", "trail", "http://x/y", "s3://", "file://", "file://host/x"])
def test_an_archive_that_is_neither_folder_nor_bucket_is_a_mistake(url: str) -> None:
    with pytest.raises(Mistake, match="s3://BUCKET/PREFIX"):
        archive_of(url)


def test_a_bucket_of_aws_itself_needs_no_endpoint() -> None:
    assert isinstance(archive_of("s3://trail"), BucketArchive)


async def test_checkpoints_are_appended_and_read_back(tmp_path: Path) -> None:
    file = tmp_path / "elsewhere" / "checkpoints.jsonl"
    made = signed(chain(9), 3, 6, 9)

    for each in made:
        await CheckpointFile(file).keep(each)

    assert Ledgers([file]).checkpoints() == made


async def test_a_line_that_a_full_disk_cut_off_costs_that_line(tmp_path: Path) -> None:
    file = tmp_path / "checkpoints.jsonl"
    first, second = signed(chain(9), 3, 6)
    await CheckpointFile(file).keep(first)
    file.write_bytes(file.read_bytes() + b'{"checkpoint":2,"up')

    await CheckpointFile(file).keep(second)

    kept = Ledgers([tmp_path])
    assert kept.checkpoints() == [first, second]
    assert kept.unread == 1


async def test_a_file_that_cannot_be_appended_to_is_temporary(tmp_path: Path) -> None:
    [made] = signed(chain(3), 3)

    with pytest.raises(Temporary):
        await CheckpointFile(tmp_path).keep(made)
