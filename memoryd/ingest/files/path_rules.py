"""What a path's name alone says: secret by custom, binary, or somebody else's code. No disk."""

from __future__ import annotations

import re

# A name that by custom carries secrets is never opened, whatever an ignore file says.
_DENIED = re.compile(
    r"""
    \.env(?:rc|\..+)? | .+\.env | id_[^.]*
  | .+\.(?:pem|key|p12|pfx|pkcs12|jks|keystore|kdbx?|ppk|gpg|ovpn|tfstate|tfvars|mobileprovision)
  | .+\.tfstate\.backup
  | [._]netrc | \.pgpass | \.my\.cnf | \.htpasswd | \.git-credentials | \.npmrc | \.pypirc | \.dockercfg
  | \.vault-token | \.boto | \.s3cfg | \.terraformrc | credentials | \.?htdigest
  | (?:secrets?|credentials)\.(?:ya?ml|json|toml|ini|cfg|conf|properties|txt)
  | (?:service[-_.]?account|client[-_]secret).*\.json
    """,
    re.VERBOSE | re.IGNORECASE,
)
_DENIED_FOLDERS = frozenset({".ssh", ".gnupg", ".aws", ".kube", ".azure", ".git"})
_TEMPLATE = re.compile(r"\.(?:example|sample|template|tmpl|dist|defaults?)(?:\.|$)", re.IGNORECASE)

_BINARY = """
    7z a aab aac ai aiff apk ar avi avif bin blend bmp br bz2 cab cer class cur dat db db3 dcm deb der dex
    dll dmg doc docx dylib ear egg elf eot eps exe fbx flac flv gif glb gz heic hdf5 h5 icns ico idx img
    ipa iso jar jp2 jpeg jpg jxl lib lz lz4 lzma m4a m4v mid midi mkv mo mov mp3 mp4 mpeg mpg msi ncb node
    npy npz o obj odp ods odt ogg ogv onnx opus otf pack parquet pb pcap pdb pdf pickle pkl png ppt pptx
    psd pt pth pyc pyd pyo rar raw rlib rpm safetensors sketch so sqlite sqlite3 swf swp tar tbz2 tflite
    tga tgz tif tiff ttc ttf vsix wasm wav webm webp whl wma wmv woff woff2 xls xlsx xz z zip zst
"""
_BINARY_EXTENSIONS = frozenset(_BINARY.split())

_VENDORED = """
    node_modules bower_components jspm_packages .venv venv virtualenv .virtualenv site-packages
    dist-packages __pycache__ .tox .nox .eggs .mypy_cache .pytest_cache .ruff_cache .hypothesis .gradle
    .terraform .next .nuxt .svelte-kit .parcel-cache .cache .bundle vendor Pods .hg .svn .bzr .idea
"""
VENDORED_FOLDERS = frozenset(_VENDORED.split())
"""Skipped where git does not say that their contents belong to the project."""


def denied(path: str) -> bool:
    """The file by its name carries secrets (``.env``, keys, credentials), or lies in a folder of such."""
    folder, _slash, name = path.rpartition("/")
    secret = _DENIED.fullmatch(name) is not None and not _TEMPLATE.search(name)
    return secret or denied_folder(path if name in _DENIED_FOLDERS else folder)


def denied_folder(path: str) -> bool:
    """The folder or one above it holds credentials, or git's own files."""
    return not _DENIED_FOLDERS.isdisjoint(path.lower().split("/"))


def binary(path: str) -> bool:
    """The extension is one that never holds text. (Others are looked into when read.)"""
    return path.rpartition(".")[2].lower() in _BINARY_EXTENSIONS and "." in path.rpartition("/")[2]


def vendored(path: str) -> str:
    """The outermost vendored folder that contains ``path`` (or is it), ``""`` when there is none."""
    parts = path.split("/")
    for depth, part in enumerate(parts, 1):
        if part in VENDORED_FOLDERS:
            return "/".join(parts[:depth])
    return ""
