# SPDX-License-Identifier: Apache-2.0
"""Makes the wheel and the sdist of this package (PEP 517, 660), with nothing but Python's own library.

Why not setuptools: pip installs into a clean environment what `requires` names, and offline there is nowhere to take
it from; nor is Debian's setuptools seen from there. A virtual environment of Python 3.12 or newer has none at all. With
an empty `requires` and this file, `pip install ./python` works without a network everywhere, also with
--no-build-isolation, and python/make_deb packs the same files.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import os
import re
import tarfile
import time
import zipfile
from pathlib import Path
from typing import Any, Dict, Mapping, Optional

HERE = Path(__file__).resolve().parent
NAME = "quasimodem"
TAG = "py3-none-any"
OWN_VERSION = re.compile(r'^__version__ = "([^"]+)"$', re.MULTILINE)


def version() -> str:
    """The version of the package: $QUASIMODEM_PACKAGE_VERSION, which python/make_deb sets, or the source's own."""
    source = (HERE / NAME / "__init__.py").read_text(encoding="utf-8")
    own = OWN_VERSION.search(source)
    assert own
    given = os.environ.get("QUASIMODEM_PACKAGE_VERSION", own[1])
    # PEP 440, as far as `git describe` needs it: 1.2.3, 1.2.3+12.gabc1234, 1.2.3rc1
    if not re.fullmatch(r"\d+(\.\d+)*((a|b|rc|\.post|\.dev)\d+)?(\+[A-Za-z0-9]+(\.[A-Za-z0-9]+)*)?", given):
        raise SystemExit(f'build_backend: "{given}" is no version; write one like 0.1.0 or 0.1.0+12.gabc1234')
    return given


def metadata() -> str:
    readme = (HERE / "README.md").read_text(encoding="utf-8")
    return f"""\
Metadata-Version: 2.1
Name: {NAME}
Version: {version()}
Summary: Start and steer emulated Quectel GSM modules from Python; a pytest plugin
License: Apache-2.0
Keywords: Quectel,GSM,modem,emulator,AT commands,testing,pytest
Classifier: Framework :: Pytest
Classifier: Intended Audience :: Developers
Classifier: License :: OSI Approved :: Apache Software License
Classifier: Operating System :: POSIX :: Linux
Classifier: Programming Language :: Python :: 3
Classifier: Topic :: Software Development :: Testing
Classifier: Typing :: Typed
Requires-Python: >=3.9
Provides-Extra: serial
Requires-Dist: pyserial; extra == "serial"
Description-Content-Type: text/markdown

{readme}"""


WHEEL = f"Wheel-Version: 1.0\nGenerator: quasimodem build_backend\nRoot-Is-Purelib: true\nTag: {TAG}\n"
# Named as the module: so pytest loads it once when $PYTEST_PLUGINS or a conftest.py names it too.
ENTRY_POINTS = f"[pytest11]\n{NAME}.pytest_plugin = {NAME}.pytest_plugin\n"


def package_files() -> Dict[str, bytes]:
    """What is imported: path in site-packages and content."""
    files = [path for path in sorted((HERE / NAME).rglob("*")) if path.suffix == ".py" or path.name == "py.typed"]
    content = {str(path.relative_to(HERE)): path.read_bytes() for path in files}
    # What is imported says the same version as the metadata.
    init = f"{NAME}/__init__.py"
    content[init] = OWN_VERSION.sub(f'__version__ = "{version()}"', content[init].decode()).encode()
    return content


def dist_info() -> Dict[str, bytes]:
    """The files of the .dist-info folder except RECORD."""
    files = {"METADATA": metadata(), "WHEEL": WHEEL, "entry_points.txt": ENTRY_POINTS}
    # A copy of the one beside python/: that one may be anybody's where somebody copied python/ alone.
    files["LICENSE"] = (HERE / "LICENSE").read_text(encoding="utf-8")
    return {name: text.encode() for name, text in files.items()}


def _dist_info_name() -> str:
    return f"{NAME}-{version()}.dist-info"


def _epoch() -> int:
    """SOURCE_DATE_EPOCH, or a fixed time: the same source makes the same bytes. ZIP knows no time before 1980."""
    return max(int(os.environ.get("SOURCE_DATE_EPOCH", "0")), 315532800)


def _write_wheel(folder: str, content: Dict[str, bytes]) -> str:
    info = _dist_info_name()
    content = {**content, **{f"{info}/{name}": data for name, data in dist_info().items()}}
    record = ""
    for name, data in content.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
        record += f"{name},sha256={digest},{len(data)}\n"
    content[f"{info}/RECORD"] = f"{record}{info}/RECORD,,\n".encode()

    wheel = f"{NAME}-{version()}-{TAG}.whl"
    with zipfile.ZipFile(Path(folder) / wheel, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in content.items():
            entry = zipfile.ZipInfo(name, time.gmtime(_epoch())[:6])
            entry.external_attr = 0o100644 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, data)
    return wheel


Settings = Optional[Mapping[str, Any]]


def build_wheel(
    wheel_directory: str, config_settings: Settings = None, metadata_directory: Optional[str] = None
) -> str:
    return _write_wheel(wheel_directory, package_files())


def build_editable(
    wheel_directory: str, config_settings: Settings = None, metadata_directory: Optional[str] = None
) -> str:
    """A wheel whose only content leads to this folder."""
    return _write_wheel(wheel_directory, {f"{NAME}.pth": f"{HERE}\n".encode()})


def build_sdist(sdist_directory: str, config_settings: Settings = None) -> str:
    base = f"{NAME}-{version()}"
    content = {name: (HERE / name).read_bytes() for name in ("pyproject.toml", "build_backend.py", "README.md", "LICENSE")}
    content.update(package_files())
    content["PKG-INFO"] = metadata().encode()
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for name, data in content.items():
            entry = tarfile.TarInfo(f"{base}/{name}")
            entry.size, entry.mtime = len(data), _epoch()
            archive.addfile(entry, io.BytesIO(data))
    (Path(sdist_directory) / f"{base}.tar.gz").write_bytes(gzip.compress(plain.getvalue(), mtime=_epoch()))
    return f"{base}.tar.gz"
