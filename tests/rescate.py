"""Archivos de rescate hechos en Python, byte por byte como los hace el teléfono."""

import hashlib
import json


def archivo(registros: list[dict], **cambios: object) -> bytes:
    """``cambios``: lo que diga distinto el encabezado."""
    renglones = [json.dumps(registro, separators=(",", ":"), ensure_ascii=False).encode() for registro in registros]
    cabeza = {
        "formato": "jornada-rescate",
        "version": 1,
        "hecho_el": "2026-11-25",
        "total": len(renglones),
        "sha256": hashlib.sha256(b"".join(renglon + b"\n" for renglon in renglones)).hexdigest(),
    } | cambios
    primero = json.dumps(cabeza, separators=(",", ":")).encode()[:-1] + b',"registros":[\n'
    return primero + b",\n".join(renglones) + b"\n]}\n"
