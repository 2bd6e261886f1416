"""Files that cannot be written: the error names the file that the author knows."""

import subprocess
import sys
from pathlib import Path

import pytest
from paper_companion.whole_file import write_whole


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="a folder in which nobody can make a file, root included")
def test_a_folder_that_takes_no_file_is_told_with_the_files_own_name():
    with pytest.raises(OSError) as raised:
        write_whole(Path("/proc/paper.lock.json"), b"x")

    assert (raised.value.filename, raised.value.filename2) == ("/proc/paper.lock.json", None)


def test_a_disk_that_is_full_is_told_with_the_files_own_name(tmp_path):
    (tmp_path / "paper.yml").write_text("paper: {title: T}\n")
    export = f"ulimit -f 0; exec {sys.executable} -B -m paper_companion export bibtex paper.yml --to paper.bib"

    done = subprocess.run(["sh", "-c", export], cwd=tmp_path, capture_output=True, text=True)

    assert (done.returncode, done.stderr.splitlines()[-1]) == (1, "paper.bib: File too large")
    assert [path.name for path in tmp_path.iterdir()] == ["paper.yml"]
