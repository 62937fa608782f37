"""De las cuentas a los datos de un informe: todo lo que la página, el PDF y el XLSX van a decir, ya elegido.

Nunca llevan nombres, teléfonos ni fotos: un informe se guarda para siempre y eso se borra con el tiempo.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

from . import menores
from .canonico import FORMATO, cifra, truncado
from .periodos import Periodo

LIMITE_TEXTO = 600
"""Lo más que se guarda de una justificación o de la nota, en caracteres."""
LIMITE_FIRMA = 120
MINIMO_DE_ENCUESTA = 10
"""Con menos contestaciones en un evento no se dice nada de ellas."""
PAPELES = (("elaboro", "Elaboró"), ("reviso", "Revisó"), ("vobo", "Vo. Bo."))
Etiquetas = Sequence[tuple[str, str]]


class Poblacion(Protocol):
    """Lo que se lee de la población de una línea (:class:`recoleccion.consultas.avance.Poblacion`)."""

    @property
    def mujeres(self) -> int: ...
    @property
    def hombres(self) -> int: ...
    @property
    def no_especificado(self) -> int: ...
    @property
    def por_edad(self) -> Mapping[str, int]: ...
    @property
    def localidades(self) -> Mapping[str, int]: ...


def datos(
    periodo: Periodo,
    *,
    corte: str,
    oficina: Mapping[str, Any],
    edades: Etiquetas,
    localidades: Mapping[str, str],
    cruce: Mapping[tuple[str, str], int],
    por_localidad: Mapping[str, Mapping[str, int]],
    **partes: Any,
) -> dict[str, Any]:
    """Lo que lleva todo informe; ``partes`` es lo suyo (:func:`lineas`, :func:`especial`…).

    :param corte: fecha ISO, incluida: lo de después no se cuenta.
    :param oficina: ``oficina``, ``municipio``, ``leyenda``, ``pie`` y ``logo`` (base64 o nulo).
    :param cruce: asistencias por ``(sexo del informe, edad)``; cada evento una vez.
    :param por_localidad: clave de localidad -> ``eventos`` y ``asistencias``; cada evento una vez.
    """
    return {
        "formato": FORMATO,
        "clase": periodo.clase,
        "periodo": periodo.clave,
        "ejercicio": periodo.ejercicio,
        "trimestres": list(periodo.trimestres),
        "titulo": periodo.titulo,
        "desde": periodo.desde,
        "hasta": periodo.hasta,
        "corte": corte,
        "membrete": dict(oficina),
        "edades": [list(edad) for edad in edades],
        "poblacion": por_edad_y_sexo(edades, cruce),
        "localidades": sorted(
            (
                {"localidad": localidades.get(clave, clave), **{que: int(n) for que, n in cuentas.items()}}
                for clave, cuentas in por_localidad.items()
            ),
            key=lambda fila: (-fila["asistencias"], -fila["eventos"], fila["localidad"]),
        ),
        **partes,
    }


def firmado(cifras: Mapping[str, Any], *, hecho_en: str, hecho_por: str, **escrito: Any) -> dict[str, Any]:
    """Los datos completos, con lo que se escribe y quién y cuándo lo guardó.

    :param escrito: ``justificaciones`` (línea -> texto), ``nota`` y ``firmas`` (papel -> ``nombre`` y ``cargo``).
    """
    return {
        **cifras,
        "justificaciones": {
            clave: _corto(texto, LIMITE_TEXTO)
            for clave, texto in sorted(escrito.get("justificaciones", {}).items())
            if texto.strip()
        },
        "nota": _corto(escrito.get("nota", ""), LIMITE_TEXTO),
        "firmas": {
            papel: {
                que: _corto(escrito.get("firmas", {}).get(papel, {}).get(que, ""), LIMITE_FIRMA)
                for que in ("nombre", "cargo")
            }
            for papel, _ in PAPELES
        },
        "hecho_en": hecho_en,
        "hecho_por": hecho_por,
    }


def _corto(texto: str, largo: int) -> str:
    return " ".join(texto.split())[:largo]


def lineas(
    periodo: Periodo,
    avance: Iterable[Any],
    *,
    limites: tuple[int, int],
    localidades: Mapping[str, str],
    evidencias: Mapping[str, Mapping[str, int]],
) -> dict[str, Any]:
    """``umbrales`` y ``lineas`` de un informe trimestral o anual.

    :param avance: :class:`recoleccion.consultas.avance.Linea`, calculadas hasta el corte.
    :param evidencias: por línea, cuántas listas y fotos hay (:func:`recoleccion.consultas.informes.evidencias`).
    """
    return {
        "umbrales": list(limites),
        "lineas": [_linea(periodo, linea, limites, localidades, evidencias.get(linea.clave, {})) for linea in avance],
    }


def _linea(
    periodo: Periodo,
    linea: Any,
    limites: tuple[int, int],
    localidades: Mapping[str, str],
    evidencia: Mapping[str, int],
) -> dict[str, Any]:
    ultimo = periodo.trimestres[-1]
    lugares = [t - 1 for t in periodo.trimestres]
    gente = [linea.poblacion[lugar] for lugar in lugares]
    juntas: dict[str, int] = {}
    for poblacion in gente:
        for clave, n in poblacion.localidades.items():
            juntas[clave] = juntas.get(clave, 0) + n
    return {
        "clave": linea.clave,
        "texto": linea.texto,
        "indicador": linea.indicador,
        "unidad": linea.unidad,
        "medida": linea.medida,
        "responsable": linea.responsable,
        "linea_base": cifra(linea.linea_base),
        "meta_anual": cifra(linea.meta_anual),
        "programado": [cifra(valor) for valor in linea.programado],
        "realizado": [cifra(valor) for valor in linea.realizado],
        "acumulado": cifra(linea.acumulado(ultimo)),
        "programado_acumulado": cifra(linea.programado_acumulado(ultimo)),
        "porcentaje": truncado(linea.porcentaje(ultimo)),
        "semaforo": linea.semaforo(ultimo, limites),
        "base": None if linea.base is None else sum(linea.base[lugar] for lugar in lugares),
        "alcance": sum(linea.alcance[lugar] for lugar in lugares),
        "poblacion": menores.poblacion(linea.clave, gente),
        "localidades": [
            [localidades.get(clave, clave), n] for clave, n in sorted(juntas.items(), key=lambda par: (-par[1], par[0]))
        ],
        "eventos": sum(linea.eventos[lugar] for lugar in lugares),
        "actividades": sum(linea.actividades[lugar] for lugar in lugares),
        "listas": evidencia.get("listas", 0),
        "fotos": evidencia.get("fotos", 0),
    }


def especial(
    eventos: Iterable[Mapping[str, Any]],
    actividades: Iterable[Mapping[str, Any]],
    encuestas: Iterable[Mapping[str, Any]],
) -> dict[str, Any]:
    """``eventos``, ``actividades`` y ``encuestas`` de un informe especial, ya con palabras y no con claves.

    :param encuestas: de cada una ``titulo``, ``contestaciones`` (10 o más) y ``aciertos`` o nulo.
    """
    return {
        "eventos": [dict(evento) for evento in eventos],
        "actividades": [dict(actividad) for actividad in actividades],
        "encuestas": [dict(encuesta) for encuesta in encuestas],
    }


def por_edad_y_sexo(edades: Etiquetas, cruce: Mapping[tuple[str, str], int]) -> dict[str, Any]:
    """Población atendida por edad (renglones) y sexo (columnas): ``edades`` y los totales de cada sexo.

    :param cruce: asistencias por ``(mujeres|hombres|no_especificado, edad)``.
    """
    sexos = ("mujeres", "hombres", "no_especificado")
    return {
        "edades": [[clave, *(int(cruce.get((sexo, clave), 0)) for sexo in sexos)] for clave, _ in edades],
        **{sexo: sum(int(n) for (de, _), n in cruce.items() if de == sexo) for sexo in sexos},
        "total": sum(int(n) for n in cruce.values()),
    }
