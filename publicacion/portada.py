"""Lo que la portada lee de la base pública: los periodos publicados y las reglas con que se protegió el último."""

from typing import Any

_REGLAS = ("umbral", "base_minima", "tope_respuesta", "redondeo", "saturacion")


async def portada(datasette: Any) -> dict[str, Any]:
    """Sin lotes, ``lotes`` y ``reglas`` van vacíos: la portada dice entonces que todavía no hay nada."""
    base = datasette.get_database()
    lotes = (await base.execute("SELECT lote, etiqueta, publicado_el FROM lote ORDER BY desde DESC, lote DESC")).rows
    reglas: dict[str, str] = {}
    if lotes:
        filas = await base.execute("SELECT regla, valor, explicacion FROM reglas WHERE lote = ?", [lotes[0]["lote"]])
        en_vigor = {f["regla"]: f for f in filas.rows}
        reglas = {r: _frase(en_vigor[r]) for r in _REGLAS if r in en_vigor}
    return {"base": base.name, "lotes": [dict(lote) for lote in lotes], "reglas": reglas}


def _frase(fila: Any) -> dict[str, str]:
    valor = fila["valor"]
    if valor.startswith("0."):
        valor = f"{float(valor):.0%}".replace("%", " %")
    return {"valor": valor, "explicacion": fila["explicacion"]}
