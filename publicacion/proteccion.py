"""La regla 10-30-5: de renglones privados a celdas que se pueden publicar. Cuarto puro: ni SQL, ni archivos, ni azar.

El dominio es fijo y denso: cada combinación tiene siempre su celda, y «nadie», «de 1 a 9» y «protegida» se ven
igual (``n`` nulo). Así la forma de lo publicado no dice quién fue.
"""

import hashlib
import hmac
import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from itertools import product
from typing import Any

from . import eps
from .conteo import (
    agrupar,
    contestadas,
    ejes_de,
    lineas_del_lote,
    meses,
    personas_cuando_mas,
    personas_cuando_menos,
    preguntas_de_cambio,
    sin_repetir,
)
from .modelo import TOTAL, Asistencia, Celda, Crudo, Examinada, LineaPoa, Motivo, Reglas
from .preguntas import CAMBIOS, ESCALERA_CAMBIO, Nivel, escalera


def proteger(crudo: Crudo, reglas: Reglas, secreto: bytes) -> list[Celda]:
    """Todas las celdas de un lote, en orden canónico. Es función sólo de lo que recibe.

    ``secreto`` fija el redondeo: con el mismo, el mismo lote da siempre las mismas celdas.
    """
    return [examinada.celda for examinada in examinar(crudo, reglas, secreto)]


def explicar(crudo: Crudo, reglas: Reglas, secreto: bytes) -> list[Motivo]:
    """De cada celda de :func:`proteger`, en el mismo orden, la cuenta verdadera, la que se mostraría y por qué."""
    return [examinada.motivo for examinada in examinar(crudo, reglas, secreto)]


def examinar(crudo: Crudo, reglas: Reglas, secreto: bytes) -> list[Examinada]:
    """Cada celda con su porqué, en orden canónico."""
    redondear = _redondeo(crudo.lote, reglas, secreto)
    contadas = sin_repetir(crudo.asistencias)
    examinadas = [
        *_asistencias(contadas, reglas, redondear),
        *_respuestas(crudo, reglas, redondear),
        *_cambios(crudo, reglas, redondear),
        *_eventos(crudo, contadas, reglas, redondear),
        *_poa(crudo, contadas, reglas),
    ]
    return sorted(examinadas, key=lambda examinada: examinada.celda)


# --- redondeo ---------------------------------------------------------------------------------------------------


Redondear = Callable[[int, str, str, int], int]
"""(cuenta, tabla, llave, en cuántas celdas de lo mismo cuenta un renglón) -> lo que se muestra."""


def _redondeo(lote: str, reglas: Reglas, secreto: bytes) -> Redondear:
    base = reglas.redondeo

    def redondear(n: int, tabla: str, celda: str, veces: int) -> int:
        """Al múltiplo vecino, hacia arriba con probabilidad (n mod base) / base: no sesga y no se repite el sorteo."""
        resto = n % base
        huella = hmac.digest(secreto, f"{lote}|{tabla}|{celda}".encode(), hashlib.sha256)
        uniforme = int.from_bytes(huella[:8], "big") / 2**64
        return n - resto + (base if uniforme * base < resto else 0)

    return eps.ruido(lote, reglas, secreto) if reglas.modo == "eps" else redondear


# --- dominio ----------------------------------------------------------------------------------------------------


def grupos(eje: str, reglas: Reglas) -> Iterator[tuple[str, ...]]:
    """Todas las combinaciones de un eje (``total``, ``sexo``, ``sexo+edad``...), exista o no alguien en ellas."""
    if eje == "total":
        yield ()
        return
    yield from product(*(reglas.valores(dimension) for dimension in eje.split("+")))


def nombre_grupo(grupo: tuple[str, ...]) -> str:
    return "+".join(grupo) or TOTAL


def canonico(valor: Any) -> str:
    """JSON en la única forma que se guarda: sin espacios, llaves en orden, letras como son."""
    return json.dumps(valor, ensure_ascii=False, separators=(",", ":"), sort_keys=True, allow_nan=False)


def celda(tabla: str, llave: list[Any], **valor: Any) -> Celda:
    """Una celda del libro, ya en su forma canónica."""
    return Celda(tabla, canonico(llave), canonico(valor))


def _examinada(
    tabla: str, llave: list[Any], real: int, publicada: int | None, motivo: str, columna: str = "n", **otros: Any
) -> Examinada:
    hecha = celda(tabla, llave, **otros, **{columna: publicada})
    return Examinada(hecha, Motivo(tabla, hecha.celda, real, publicada, motivo))


# --- asistencias ------------------------------------------------------------------------------------------------


def _asistencias(filas: list[Asistencia], reglas: Reglas, redondear: Redondear) -> Iterator[Examinada]:
    for eje in reglas.ejes_asistencia:
        juntas = agrupar(filas, eje)
        for grupo in grupos(eje, reglas):
            donde = dict(zip(eje.split("+"), grupo, strict=False)) if grupo else {}
            yield _de_asistencias(
                "asistencia_cubo", [eje, nombre_grupo(grupo)], juntas[grupo], donde, reglas, redondear
            )


def _de_asistencias(
    tabla: str,
    llave: list[Any],
    filas: list[Asistencia],
    donde: Mapping[str, str],
    reglas: Reglas,
    redondear: Redondear,
    **otros: Any,
) -> Examinada:
    n, motivo = sum(fila.personas for fila in filas), _por_que(filas, donde, reglas)
    veces = len(reglas.ejes_asistencia) + 1  # los cubos y evento_resumen
    publicada = redondear(n, tabla, canonico(llave), veces) if motivo == "se_muestra" else None
    return _examinada(tabla, llave, n, publicada, motivo, **otros)


def _por_que(filas: list[Asistencia], donde: Mapping[str, str], reglas: Reglas) -> str:
    if personas_cuando_menos(filas) < reglas.umbral:
        return "pocas"
    return "satura" if _satura(filas, donde, reglas) else "se_muestra"


def _satura(filas: list[Asistencia], donde: Mapping[str, str], reglas: Reglas) -> bool:
    """¿Podría haber ido casi toda la gente de esa celda? Entonces el número diría quién fue."""
    habitantes = reglas.censo.denominador(donde.get("zona"), donde.get("sexo"), donde.get("edad"))
    return habitantes is not None and personas_cuando_mas(filas) > reglas.saturacion * habitantes


# --- respuestas y cambios ---------------------------------------------------------------------------------------


def _respuestas(crudo: Crudo, reglas: Reglas, redondear: Redondear) -> Iterator[Examinada]:
    for eje in reglas.ejes_respuesta:
        juntas = agrupar(crudo.contestaciones, eje)
        for grupo, pregunta in product(grupos(eje, reglas), crudo.preguntas):
            ejes = ejes_de(pregunta, reglas)
            if eje not in ejes:
                continue
            niveles = escalera(pregunta)
            dichas = contestadas(juntas.get(grupo, []), pregunta)
            veces = len(ejes)
            if pregunta.tipo == "varias":
                cuenta = Counter(clave for elegidas in dichas for clave in elegidas)
                visibles, motivo = visibles_de_varias(cuenta, len(dichas), [c for (c,) in niveles[0]], reglas)
                veces *= len(niveles[0])  # quien marca todas cuenta en todas
            else:
                cuenta = Counter(next(iter(d)) for d in dichas)
                visibles, motivo = visibles_de_una(cuenta, niveles, reglas)
            llave = [eje, nombre_grupo(grupo), pregunta.instrumento, pregunta.clave]
            yield from _categorias("respuesta_cubo", llave, cuenta, niveles, visibles, motivo, redondear, veces)


def _cambios(crudo: Crudo, reglas: Reglas, redondear: Redondear) -> Iterator[Examinada]:
    for eje in reglas.ejes_cambio:
        juntas = agrupar(crudo.cambios, eje)
        for grupo, clave in product(grupos(eje, reglas), preguntas_de_cambio(crudo)):
            cuenta = Counter(
                fila.cambios[clave] for fila in juntas.get(grupo, []) if fila.cambios.get(clave) in CAMBIOS
            )
            visibles, motivo = visibles_de_una(cuenta, ESCALERA_CAMBIO, reglas)
            llave, veces = [eje, nombre_grupo(grupo), clave], len(reglas.ejes_cambio)
            yield from _categorias("cambio_cubo", llave, cuenta, ESCALERA_CAMBIO, visibles, motivo, redondear, veces)


def categorias(niveles: list[Nivel]) -> list[str]:
    """Las categorías de todos los peldaños, una vez cada una: ``regular``, ``mala``, ``regular|mala``."""
    return list(dict.fromkeys("|".join(categoria) for nivel in niveles for categoria in nivel))


def _categorias(
    tabla: str,
    base_de_llave: list[Any],
    cuenta: Mapping[str, int],
    niveles: list[Nivel],
    visibles: Mapping[str, int],
    motivo: str,
    redondear: Redondear,
    veces: int,
) -> Iterator[Examinada]:
    """Todas las categorías de una pregunta en un grupo. ``motivo``: por qué se esconden las que no están visibles."""
    for categoria in categorias(niveles):
        llave = [*base_de_llave, categoria]
        real = sum(cuenta.get(clave, 0) for clave in categoria.split("|"))
        if (n := visibles.get(categoria)) is None:
            yield _examinada(tabla, llave, real, None, motivo)
        else:
            yield _examinada(tabla, llave, real, redondear(n, tabla, canonico(llave), veces), "se_muestra")


def visibles_de_una(cuenta: Mapping[str, int], niveles: list[Nivel], reglas: Reglas) -> tuple[dict[str, int], str]:
    """El primer peldaño en que todas las categorías se pueden mostrar (si ninguno, nada), y por qué no las demás."""
    for nivel in niveles:
        juntas = {"|".join(categoria): sum(cuenta.get(clave, 0) for clave in categoria) for categoria in nivel}
        base = sum(juntas.values())
        if base < reglas.base_minima:
            return {}, _base_insuficiente(base, reglas)
        if all(reglas.umbral <= n <= reglas.tope_respuesta * base for n in juntas.values()):
            return juntas, "otro_peldano"
    return {}, "casi_todas_igual"


def visibles_de_varias(
    cuenta: Mapping[str, int], base: int, claves: list[str], reglas: Reglas
) -> tuple[dict[str, int], str]:
    """Preguntas de varias opciones: cada una es un sí o no, y las dos partes deben poder mostrarse."""
    if base < reglas.base_minima:
        return {}, _base_insuficiente(base, reglas)
    tope = min(reglas.tope_respuesta * base, base - reglas.umbral)
    if all(reglas.umbral <= cuenta.get(clave, 0) <= tope for clave in claves):
        return {clave: cuenta[clave] for clave in claves}, "otro_peldano"
    return {}, "casi_todas_igual"


def _base_insuficiente(base: int, reglas: Reglas) -> str:
    return "pocas" if base < reglas.umbral else "base_chica"


# --- eventos y POA ----------------------------------------------------------------------------------------------


def _eventos(crudo: Crudo, filas: list[Asistencia], reglas: Reglas, redondear: Redondear) -> Iterator[Examinada]:
    """Por mes, programa y zona. Lo que llegó tarde de meses ya publicados sólo entra en los cubos."""
    hechos = Counter((e.mes, e.programa, e.zona) for e in crudo.eventos if e.del_periodo)
    juntas: dict[tuple[str, str, str], list[Asistencia]] = defaultdict(list)
    for fila in filas:
        juntas[(fila.mes, fila.programa, fila.zona)].append(fila)
    for donde in product(meses(crudo.desde, crudo.hasta), reglas.programas, reglas.zonas):
        yield _de_asistencias(
            "evento_resumen", list(donde), juntas[donde], {"zona": donde[2]}, reglas, redondear, eventos=hechos[donde]
        )


def _poa(crudo: Crudo, filas: list[Asistencia], reglas: Reglas) -> Iterator[Examinada]:
    """Un renglón por línea del ejercicio del lote; las asistencias van exactas, pero sólo si no delatan a un evento.

    Dos líneas pueden compartir eventos: si la diferencia entre ellas fuera de 1 a 9, restarlas la descubriría.
    """
    mostradas: list[set[str]] = []
    for linea in lineas_del_lote(crudo):
        propios = [e for e in crudo.eventos if (linea.ejercicio, linea.clave) in e.lineas]
        ids = {e.id for e in propios}
        suyas = [f for f in filas if f.evento in ids]
        n = sum(f.personas for f in suyas)
        motivo = "se_muestra" if personas_cuando_menos(suyas) >= reglas.umbral else "pocas"
        if motivo == "se_muestra":
            if any(_restan_pocas(ids, otros, filas, reglas) for otros in mostradas):
                motivo = "resta_poa"
            else:
                mostradas.append(ids)
        yield _examinada(
            "poa",
            [linea.ejercicio, linea.clave],
            n,
            n if motivo == "se_muestra" else None,
            motivo,
            "asistencias",
            **_meta(linea, crudo),
            eventos=sum(e.del_periodo for e in propios),
        )


def _restan_pocas(unos: set[str], otros: set[str], filas: list[Asistencia], reglas: Reglas) -> bool:
    for diferencia in (unos - otros, otros - unos):
        n = sum(fila.personas for fila in filas if fila.evento in diferencia)
        if 0 < n < reglas.umbral:
            return True
    return False


def _meta(linea: LineaPoa, crudo: Crudo) -> dict[str, Any]:
    """Lo que la oficina se propuso. ``programado`` sólo existe si el lote es un trimestre completo."""
    periodo = meses(crudo.desde, crudo.hasta)
    trimestre = len(periodo) == 3 and int(periodo[0][5:]) % 3 == 1
    return {
        "orden": linea.orden,
        "tipo": linea.tipo,
        "texto": linea.texto,
        "indicador": linea.indicador,
        "unidad": linea.unidad,
        "meta_anual": linea.meta_anual,
        "programado": linea.trimestres[int(periodo[0][5:]) // 3] if trimestre else None,
    }
