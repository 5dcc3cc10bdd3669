"""What a badge says and where its status stands, in the words of Open Badges 3.0 and Bitstring Status List 1.0."""

import gzip
from base64 import urlsafe_b64encode
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from textwrap import wrap
from typing import Any
from urllib.parse import quote, urlsplit

ON_A_LIST = 131_072
"""Badges on one status list: the fewest that the standard allows, so that nobody stands out."""
LIST_HOLDS = timedelta(days=1)
"""How long a copy of a list is good: an old one cannot make a revoked badge good again for longer."""

CREDENTIALS = "https://www.w3.org/ns/credentials/v2"
BADGES = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
SCHEMA = {
    "id": "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json",
    "type": "1EdTechJsonSchemaValidator2019",
}
CRITERIA = "All of a course that leads to it attended and, where the scheme has an assessment, the assessment passed."
Said = dict[str, Any]


@dataclass(frozen=True)
class Issuer:
    """The board as a checker meets it. `address` is where its pages about badges are."""

    name: str
    address: str
    email: str

    @property
    def id(self) -> str:
        """Its identifier (did:web), which leads to the published keys: `address`/did.json."""
        parts = urlsplit(self.address)
        return ":".join(["did:web", quote(parts.netloc, safe=""), *parts.path.strip("/").split("/")])

    def profile(self) -> Said:
        return {
            "id": self.id,
            "type": ["Profile"],
            "name": self.name,
            "url": self.address,
            "email": self.email,
        }


@dataclass(frozen=True)
class Holder:
    """Whom a badge is for: the name on the certificate, and the address that proves the badge to be theirs."""

    name: str
    email: str | None
    salt: str

    def identifiers(self) -> list[Said]:
        """The name as it is, because the badge is the holder's to show; the address so that only who knows it can tell."""
        found = [_identity("name", self.name, hashed=False)]
        if self.email:
            told = sha256(f"{self.email}{self.salt}".encode()).hexdigest()
            found.append(
                _identity("emailAddress", f"sha256${told}", hashed=True) | {"salt": self.salt},
            )
        return found


def place_of(certificate_id: int) -> tuple[int, int]:
    """The status list of a certificate's badge, and its place on it."""
    return divmod(certificate_id, ON_A_LIST)


def did_document(issuer: Issuer, keys: Sequence[tuple[str, Said]]) -> Said:
    """Which keys sign for the board: the one in use first, then those of before."""
    methods = [
        {
            "id": f"{issuer.id}#{name}",
            "type": "JsonWebKey2020",
            "controller": issuer.id,
            "publicKeyJwk": public | {"kid": name},
        }
        for name, public in keys
    ]
    return {
        "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/suites/jws-2020/v1"],
        "id": issuer.id,
        "verificationMethod": methods,
        "assertionMethod": [method["id"] for method in methods],
    }


def key_set(keys: Sequence[tuple[str, Said]]) -> Said:
    """The same keys as a JSON Web Key Set."""
    return {"keys": [public | {"kid": name, "alg": "RS256", "use": "sig"} for name, public in keys]}


def achievement(issuer: Issuer, *, address: str, name: str, description: str) -> Said:
    """The scheme as an achievement, under the identifier that the board publishes."""
    return {
        "id": address,
        "type": ["Achievement"],
        "achievementType": "Certification",
        "creator": issuer.profile(),
        "name": name,
        "description": description or f"Accredited in {name}",
        "criteria": {
            "id": issuer.address,
            "narrative": CRITERIA,
        },
    }


def credential(
    issuer: Issuer,
    holder: Holder,
    achieved: Said,
    *,
    address: str,
    awarded_at: datetime,
    issued_at: datetime,
    valid_until: datetime | None,
    status_list: str,
    place: int,
) -> Said:
    """The credential of one certificate, with the claims that a token repeats."""
    said: Said = {
        "@context": [CREDENTIALS, BADGES],
        "id": address,
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": achieved["name"],
        "issuer": issuer.profile(),
        "validFrom": _moment(issued_at),
        "awardedDate": _moment(awarded_at),
        "credentialSubject": {
            "type": ["AchievementSubject"],
            "identifier": holder.identifiers(),
            "achievement": achieved,
        },
        "credentialStatus": {
            "id": f"{status_list}#{place}",
            "type": "BitstringStatusListEntry",
            "statusPurpose": "revocation",
            "statusListIndex": str(place),
            "statusListCredential": status_list,
        },
        "credentialSchema": [SCHEMA],
    }
    if valid_until is not None:
        said["validUntil"] = _moment(valid_until)
    return said | _claims(issuer, said, begins=issued_at, ends=valid_until)


def status_list(issuer: Issuer, *, address: str, over: Iterable[int], now: datetime) -> Said:
    """The status list at an address: one bit a badge, set at the places that are `over`."""
    said: Said = {
        "@context": [CREDENTIALS],
        "id": address,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": issuer.id,
        "validFrom": _moment(now),
        "validUntil": _moment(now + LIST_HOLDS),
        "credentialSubject": {
            "id": f"{address}#list",
            "type": "BitstringStatusList",
            "statusPurpose": "revocation",
            "encodedList": _bits(over),
        },
    }
    return said | _claims(issuer, said, begins=now, ends=now + LIST_HOLDS)


def lines(words: str, *, width: int, most: int) -> list[str]:
    """Words on the picture of a badge, as far as there is room for them."""
    return wrap(words, width, max_lines=most, placeholder=" …")


def _claims(issuer: Issuer, said: Said, *, begins: datetime, ends: datetime | None) -> Said:
    claims = {"iss": issuer.id, "jti": said["id"], "nbf": int(begins.timestamp())}
    return claims | ({"exp": int(ends.timestamp())} if ends is not None else {})


def _identity(kind: str, words: str, *, hashed: bool) -> Said:
    return {"type": "IdentityObject", "hashed": hashed, "identityHash": words, "identityType": kind}


def _bits(places: Iterable[int]) -> str:
    bits = bytearray(ON_A_LIST // 8)
    for place in places:
        bits[place // 8] |= 0x80 >> place % 8
    return "u" + urlsafe_b64encode(gzip.compress(bytes(bits), mtime=0)).rstrip(b"=").decode()


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
