"""Fechas y periodos dichos como aquí."""

from ..etiquetas import MESES


def fecha(dia: str) -> str:
    """«23 de noviembre de 2026»; lo que no es fecha queda igual."""
    partes = dia.split("-")
    if len(partes) != 3 or not all(p.isdigit() for p in partes) or not 1 <= int(partes[1]) <= 12:
        return dia
    return f"{int(partes[2])} de {MESES[int(partes[1]) - 1]} de {partes[0]}"


def corta(desde: str, hasta: str, *, con_ejercicio: bool) -> str:
    """«oct|a dic|2025»: renglones de una etiqueta angosta, separados por «|»."""
    a, b = (MESES[int(f[5:7]) - 1][:3] for f in (desde, hasta))
    renglones = [a] if desde[:7] == hasta[:7] else [a, f"a {b}"]
    return "|".join([*renglones, hasta[:4]] if con_ejercicio else renglones)
