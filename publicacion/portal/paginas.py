"""Lo que leen las páginas de texto: el diccionario, la metodología y la API."""

from pathlib import Path
from typing import Any, NamedTuple

from ..eps import EXPLICACION
from ..esquema_publico import TABLAS, VISTAS
from .lectura import Publica
from .numeros import mayuscula
from .pagina import Ir

EJEMPLOS = Path(__file__).parent / "ejemplos"
_LENGUAJES = (
    ("curl", "curl", "curl.sh"),
    ("python", "Python", "python.txt"),
    ("r", "R", "ejemplo.R"),
    ("excel", "Excel (Power Query)", "excel.m"),
)
_DIMENSIONES = {
    "sexo": "Sexo",
    "edad": "Edad",
    "zona": "Zona",
    "programa": "Programa",
    "cambio": "Cambio entre antes y después",
    "mes": "Mes",
}


class DeUnLote(NamedTuple):
    """Con qué reglas salió un lote, dichas para leer."""

    etiqueta: str
    publicado_el: str
    modo: str
    umbral: str
    base: str
    tope: str
    redondeo: str
    saturacion: str
    auditoria: str
    quitadas: str
    visibles: str
    huella: str


def diccionario(base: Publica, ir: Ir) -> dict[str, Any]:
    return {
        "tablas": [(n, t, ir(n, {})) for n, t in TABLAS.items() if not t.auxiliar],
        "apoyos": [(n, t, ir(n, {})) for n, t in TABLAS.items() if t.auxiliar],
        "lecturas": [(n, v, ir(n, {})) for n, v in VISTAS.items()],
        "claves": [(titulo, base.categorias[d]) for d, titulo in _DIMENSIONES.items() if d in base.categorias],
        "encuestas": _encuestas(base),
    }


def _encuestas(base: Publica) -> dict[str, list[Any]]:
    salida: dict[str, list[Any]] = {}
    for p in base.preguntas.values():
        salida.setdefault(f"{p.encuesta} ({p.instrumento})", []).append(p)
    return salida


def metodologia(base: Publica) -> dict[str, Any]:
    """Sin lotes, ``lotes`` va vacío y la página explica qué se hará."""
    lotes = [_de_un_lote(lote.etiqueta, lote.publicado_el, base.reglas(lote.clave)) for lote in base.lotes]
    eps = any(base.reglas(lote.clave).get("modo") == "eps" for lote in base.lotes)
    return {"lotes": lotes, "eps": EXPLICACION if eps else ""}


def _de_un_lote(etiqueta: str, publicado_el: str, reglas: dict[str, str]) -> DeUnLote:
    eps = reglas.get("modo") == "eps"
    celdas, visibles = reglas.get("celdas", ""), reglas.get("visibles", "")
    parte = (
        f" ({100 * int(visibles) // int(celdas)} %)" if celdas.isdigit() and visibles.isdigit() and int(celdas) else ""
    )
    return DeUnLote(
        mayuscula(etiqueta),
        publicado_el,
        f"ruido al azar, epsilon {reglas.get('epsilon', '')}" if eps else "redondeo al azar",
        reglas.get("umbral", "—"),
        reglas.get("base_minima", "—"),
        _por_ciento(reglas.get("tope_respuesta")),
        f"múltiplo de {reglas.get('redondeo', '—')}",
        _por_ciento(reglas.get("saturacion")),
        mayuscula(reglas.get("auditoria", "se publicó antes de que la hubiera")),
        reglas.get("tablas_quitadas", "—"),
        f"{visibles} de {celdas}{parte}",
        reglas.get("huella", ""),
    )


def _por_ciento(texto: str | None) -> str:
    try:
        return f"{float(texto or ''):.0%}".replace("%", " %")
    except ValueError:
        return "—"


def api(publica: Publica, sitio: str, base: str) -> dict[str, Any]:
    """Los ejemplos, con la dirección de este portal ya escrita."""
    lote = publica.lotes[0].clave if publica.lotes else "2026-T4"
    ejemplos = [
        (
            clave,
            nombre,
            (EJEMPLOS / archivo)
            .read_text("utf-8")
            .replace("{sitio}", sitio)
            .replace("{base}", base)
            .replace("{lote}", lote),
        )
        for clave, nombre, archivo in _LENGUAJES
    ]
    return {"ejemplos": ejemplos, "sitio": sitio, "base": base, "lote": lote, "hay": bool(publica.lotes)}
