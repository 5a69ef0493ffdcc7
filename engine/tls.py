"""Why a connection failed although something listens, by the message of the engine's native part."""

import re

from engine.address import NoEngine

_ALERT = re.compile(r"(?:AlertReceived\(|received fatal alert: )(\w+)")
_CERTIFICATE = re.compile(r"InvalidCertificate\((\w+)")
_TLS = re.compile(r"tls|(PrivateKey|Certificate)ParseError|InvalidMessage|PeerIncompatible", re.IGNORECASE)
_TCP = "tcp connect error"
_AFTER_CONNECTION = "after connection"


class NoHandshake(NoEngine):
    """A program listens at the address, but the TLS handshake fails."""

    def __init__(self, host: str, en: str, zh: str) -> None:
        super().__init__(
            f"No TLS connection to {host} comes about: {en}. See the profile's [tls] or TEMPORAL_TLS_….",
            f"与 {host} 无法建立 TLS 连接：{zh}。请检查连接设置中的 [tls] 或 TEMPORAL_TLS_…。",
        )


class NotTemporal(NoEngine):
    """A program listens at the address, but does not answer like a Temporal server without TLS."""

    def __init__(self, host: str) -> None:
        super().__init__(
            f"What listens at {host} does not answer as a Temporal server without TLS: if it wants TLS, "
            "set it up in the profile or by TEMPORAL_TLS; else see --address.",
            f"{host} 上的程序不是未加密的 Temporal 服务：如需 TLS，请在连接设置或 TEMPORAL_TLS 中启用；"
            "否则请检查 --address。",
        )


def no_connection(host: str, told: str, by_tls: bool) -> NoEngine | None:
    """The reason, or None where nothing listens or nothing more is known. `told` is never quoted whole.

    In TLS 1.3 a server that misses our certificate says so after the handshake, or only closes.
    """
    if _TCP in told:
        return None
    if alert := _ALERT.search(told):
        why = alert.group(1)
        return NoHandshake(
            host, f"the server refuses our certificate ({why})", f"服务端拒绝本方证书（{why}）"
        )
    if certificate := _CERTIFICATE.search(told):
        why = certificate.group(1)
        if why.startswith("NotValidForName"):
            return NoHandshake(
                host, f"the server's certificate is for another name ({why})", f"服务端证书名称不符（{why}）"
            )
        return NoHandshake(
            host, f"the server's certificate is not trusted ({why})", f"服务端证书不受信任（{why}）"
        )
    if _TLS.search(told):
        return NoHandshake(
            host,
            "the handshake fails, as where the server speaks without TLS or a key file is broken",
            "握手失败，例如服务端未启用 TLS，或密钥文件有误",
        )
    if _AFTER_CONNECTION not in told:
        return None
    if by_tls:
        return NoHandshake(
            host,
            "the server closes it at once, as where it wants another certificate of ours",
            "服务端随即断开，例如要求出示另一份客户端证书",
        )
    return NotTemporal(host)
