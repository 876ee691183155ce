"""What a path's name alone says: secret by custom, or filled by a tool. No disk."""

from __future__ import annotations

import re

from indexers.files.path_facts import TOOL_FOLDERS
from indexers.secrets import redact_text

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
  | kubeconfig | .+\.kubeconfig | .+\.(?:p8|jceks|bks|agekey|secrets?) | secring\..+ | \.secrets?
  | \.?vault[-_]pass(?:word)?(?:\.txt)? | passwords?\.(?:txt|csv|ya?ml|json) | \.dev\.vars(?:\..+)?
  | \.mylogin\.cnf | pgpass\.conf | \.(?:msmtp|fetchmail|esmtp)rc | \.(?:bash|zsh|psql|mysql|python)_history
    """,
    re.VERBOSE | re.IGNORECASE,
)
_SHORTEST_TOKEN = 20
_DENIED_FOLDERS = frozenset({".ssh", ".gnupg", ".aws", ".kube", ".azure", ".git"})
_TEMPLATE = re.compile(r"\.(?:example|sample|template|tmpl|dist|defaults?)(?:\.|$)", re.IGNORECASE)


def denied(path: str) -> bool:
    """The file by its name carries secrets (``.env``, keys, credentials), or lies in a folder of such; or its path
    itself holds one, and so may be stored nowhere."""
    folder, _slash, name = path.rpartition("/")
    secret = _DENIED.fullmatch(name) is not None and not _TEMPLATE.search(name)
    return (
        secret
        or denied_folder(path if name in _DENIED_FOLDERS else folder)
        or (len(path) >= _SHORTEST_TOKEN and redact_text(path) != path)
    )


def denied_folder(path: str) -> bool:
    """The folder or one above it holds credentials, or git's own files."""
    return not _DENIED_FOLDERS.isdisjoint(path.lower().split("/"))


def vendored(path: str) -> str:
    """The outermost vendored folder that contains ``path`` (or is it), ``""`` when there is none."""
    parts = path.split("/")
    for depth, part in enumerate(parts, 1):
        if part in TOOL_FOLDERS:
            return "/".join(parts[:depth])
    return ""
