"""La regla 10-30-5: de renglones privados a celdas que se pueden publicar. Cuarto puro: ni SQL, ni archivos, ni azar.

El dominio es fijo y denso: cada combinación tiene siempre su celda, y «nadie», «de 1 a 9» y «protegida» se ven
igual (``n`` nulo). Así la forma de lo publicado no dice quién fue.
"""

import hashlib
import hmac
import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from itertools import product
from typing import Any, TypeVar

from .modelo import DIMENSIONES, EDADES, TOTAL, Asistencia, Cambio, Celda, Contestacion, Crudo, LineaPoa, Reglas
from .preguntas import CAMBIOS, ESCALERA_CAMBIO, escalera

R = TypeVar("R", Asistencia, Contestacion, Cambio)

_EDAD_PUBLICADA = {privada: publicada for publicada, privadas in EDADES.items() for privada in privadas}


def proteger(crudo: Crudo, reglas: Reglas, secreto: bytes) -> list[Celda]:
    """Todas las celdas de un lote, en orden canónico. Es función sólo de lo que recibe.

    ``secreto`` fija el redondeo: con el mismo, el mismo lote da siempre las mismas celdas.
    """
    redondear = _redondeo(crudo.lote, reglas.redondeo, secreto)
    contadas = sin_repetir(crudo.asistencias)
    celdas = [
        *_asistencias(contadas, reglas, redondear),
        *_respuestas(crudo, reglas, redondear),
        *_cambios(crudo, reglas, redondear),
        *_eventos(crudo, contadas, reglas, redondear),
        *_poa(crudo, contadas, reglas),
    ]
    return sorted(celdas)


# --- redondeo ---------------------------------------------------------------------------------------------------


Redondear = Callable[[int, str, str], int]


def _redondeo(lote: str, base: int, secreto: bytes) -> Redondear:
    def redondear(n: int, tabla: str, celda: str) -> int:
        """Al múltiplo vecino, hacia arriba con probabilidad (n mod base) / base: no sesga y no se repite el sorteo."""
        resto = n % base
        huella = hmac.digest(secreto, f"{lote}|{tabla}|{celda}".encode(), hashlib.sha256)
        uniforme = int.from_bytes(huella[:8], "big") / 2**64
        return n - resto + (base if uniforme * base < resto else 0)

    return redondear


# --- dominio ----------------------------------------------------------------------------------------------------


def grupos(eje: str, reglas: Reglas) -> Iterator[tuple[str, ...]]:
    """Todas las combinaciones de un eje (``total``, ``sexo``, ``sexo+edad``...), exista o no alguien en ellas."""
    if eje == "total":
        yield ()
        return
    yield from product(*(reglas.valores(dimension) for dimension in eje.split("+")))


def nombre_grupo(grupo: tuple[str, ...]) -> str:
    return "+".join(grupo) or TOTAL


def _agrupar(filas: Iterable[R], eje: str) -> dict[tuple[str, ...], list[R]]:
    dimensiones = () if eje == "total" else eje.split("+")
    juntas: dict[tuple[str, ...], list[R]] = defaultdict(list)
    for fila in filas:
        juntas[tuple(_valor(fila, dimension) for dimension in dimensiones)].append(fila)
    return juntas


def _valor(fila: Asistencia | Contestacion | Cambio, dimension: str) -> str:
    assert dimension in DIMENSIONES
    valor = getattr(fila, dimension) or ""
    return _EDAD_PUBLICADA.get(valor, "") if dimension == "edad" else valor


def canonico(valor: Any) -> str:
    """JSON en la única forma que se guarda: sin espacios, llaves en orden, letras como son."""
    return json.dumps(valor, ensure_ascii=False, separators=(",", ":"), sort_keys=True, allow_nan=False)


def celda(tabla: str, llave: list[Any], **valor: Any) -> Celda:
    """Una celda del libro, ya en su forma canónica."""
    return Celda(tabla, canonico(llave), canonico(valor))


# --- asistencias ------------------------------------------------------------------------------------------------


def sin_repetir(filas: Iterable[Asistencia]) -> list[Asistencia]:
    """Una credencial cuenta una vez por evento. Queda el renglón menor en orden, no el que llegó antes."""
    unicas: dict[tuple[str, str], Asistencia] = {}
    anonimas: list[Asistencia] = []
    for fila in filas:
        if fila.credencial is None:
            anonimas.append(fila)
            continue
        llave = (fila.evento, fila.credencial)
        otra = unicas.get(llave)
        if otra is None or _en_orden(fila) < _en_orden(otra):
            unicas[llave] = fila
    return anonimas + list(unicas.values())


def _en_orden(fila: Asistencia) -> tuple[str, str, str, str, str, int]:
    return (fila.sexo, fila.edad, fila.mes, fila.programa, fila.zona, fila.personas)


def personas_cuando_menos(filas: Iterable[Asistencia]) -> int:
    """Cota inferior segura de personas distintas; sobre ella se aplica el umbral, no sobre las asistencias.

    Una misma mujer puede venir a diez sesiones: diez asistencias serían ella sola. Dos hechos sí prueban que son
    personas distintas: credenciales distintas, y haber estado a la vez en un mismo evento. Se toma el mayor.
    """
    credenciales: set[str] = set()
    por_evento: Counter[str] = Counter()
    for fila in filas:
        por_evento[fila.evento] += fila.personas
        if fila.credencial is not None:
            credenciales.add(fila.credencial)
    return max(len(credenciales), max(por_evento.values(), default=0))


def personas_cuando_mas(filas: Iterable[Asistencia]) -> int:
    """Cota superior de personas distintas: cada asistencia sin credencial podría ser alguien nuevo."""
    credenciales: set[str] = set()
    anonimas = 0
    for fila in filas:
        if fila.credencial is None:
            anonimas += fila.personas
        else:
            credenciales.add(fila.credencial)
    return len(credenciales) + anonimas


def _asistencias(filas: list[Asistencia], reglas: Reglas, redondear: Redondear) -> Iterator[Celda]:
    for eje in reglas.ejes_asistencia:
        juntas = _agrupar(filas, eje)
        for grupo in grupos(eje, reglas):
            llave = [eje, nombre_grupo(grupo)]
            n = _visible(juntas.get(grupo, []), reglas)
            if n is not None and _satura(juntas[grupo], eje, grupo, reglas):
                n = None
            yield celda("asistencia_cubo", llave, n=n and redondear(n, "asistencia_cubo", canonico(llave)))


def _visible(filas: list[Asistencia], reglas: Reglas) -> int | None:
    """Asistencias de la celda si la sostienen suficientes personas distintas."""
    if personas_cuando_menos(filas) < reglas.umbral:
        return None
    return sum(fila.personas for fila in filas)


def _satura(filas: list[Asistencia], eje: str, grupo: tuple[str, ...], reglas: Reglas) -> bool:
    """¿Podría haber ido casi toda la gente de esa celda? Entonces el número diría quién fue."""
    donde = dict(zip(eje.split("+"), grupo, strict=False))
    habitantes = reglas.censo.denominador(donde.get("zona"), donde.get("sexo"), donde.get("edad"))
    return habitantes is not None and personas_cuando_mas(filas) > reglas.saturacion * habitantes


# --- respuestas y cambios ---------------------------------------------------------------------------------------


def _respuestas(crudo: Crudo, reglas: Reglas, redondear: Redondear) -> Iterator[Celda]:
    for eje in reglas.ejes_respuesta:
        juntas = _agrupar(crudo.contestaciones, eje)
        for grupo, pregunta in product(grupos(eje, reglas), crudo.preguntas):
            niveles = escalera(pregunta)
            claves = [clave for (clave,) in niveles[0]]
            dichas = [
                elegidas
                for fila in juntas.get(grupo, [])
                if fila.instrumento == pregunta.instrumento
                and fila.version in pregunta.versiones
                and (elegidas := _elegidas(fila.respuestas.get(pregunta.clave)).intersection(claves))
            ]
            if pregunta.tipo == "varias":
                visibles = _independientes(dichas, claves, reglas)
            else:
                visibles = _excluyentes(Counter(next(iter(d)) for d in dichas if len(d) == 1), niveles, reglas)
            for categoria in dict.fromkeys("|".join(c) for nivel in niveles for c in nivel):
                llave = [eje, nombre_grupo(grupo), pregunta.instrumento, pregunta.clave, categoria]
                n = visibles.get(categoria)
                yield celda("respuesta_cubo", llave, n=n and redondear(n, "respuesta_cubo", canonico(llave)))


def _cambios(crudo: Crudo, reglas: Reglas, redondear: Redondear) -> Iterator[Celda]:
    # Se comparan las preguntas que están tanto antes como después de la plática.
    despues = {p.clave for p in crudo.preguntas if p.instrumento == "despues"}
    claves = [p.clave for p in crudo.preguntas if p.instrumento == "antes" and p.clave in despues]
    for eje in reglas.ejes_cambio:
        juntas = _agrupar(crudo.cambios, eje)
        for grupo, clave in product(grupos(eje, reglas), claves):
            cuenta = Counter(
                fila.cambios[clave] for fila in juntas.get(grupo, []) if fila.cambios.get(clave) in CAMBIOS
            )
            visibles = _excluyentes(cuenta, ESCALERA_CAMBIO, reglas)
            for categoria in dict.fromkeys("|".join(c) for nivel in ESCALERA_CAMBIO for c in nivel):
                llave = [eje, nombre_grupo(grupo), clave, categoria]
                n = visibles.get(categoria)
                yield celda("cambio_cubo", llave, n=n and redondear(n, "cambio_cubo", canonico(llave)))


def _elegidas(respuesta: Any) -> set[str]:
    if isinstance(respuesta, str):
        return {respuesta}
    return {r for r in respuesta if isinstance(r, str)} if isinstance(respuesta, list) else set()


def _excluyentes(cuenta: Counter[str], niveles: list[list[tuple[str, ...]]], reglas: Reglas) -> dict[str, int]:
    """El primer peldaño en que todas las categorías se pueden mostrar; si ninguno, nada."""
    for nivel in niveles:
        juntas = {"|".join(categoria): sum(cuenta[clave] for clave in categoria) for categoria in nivel}
        base = sum(juntas.values())
        if base < reglas.base_minima:
            return {}
        if all(reglas.umbral <= n <= reglas.tope_respuesta * base for n in juntas.values()):
            return juntas
    return {}


def _independientes(dichas: list[set[str]], claves: list[str], reglas: Reglas) -> dict[str, int]:
    """Preguntas de varias opciones: cada una es un sí o no, y las dos partes deben poder mostrarse."""
    base = len(dichas)
    cuenta = {clave: sum(clave in d for d in dichas) for clave in claves}
    seguras = all(
        reglas.umbral <= n <= min(reglas.tope_respuesta * base, base - reglas.umbral) for n in cuenta.values()
    )
    return cuenta if base >= reglas.base_minima and seguras else {}


# --- eventos y POA ----------------------------------------------------------------------------------------------


def meses(desde: str, hasta: str) -> list[str]:
    """Los meses ``AAAA-MM`` de un lote, ambos extremos incluidos."""
    ultimo, salida = hasta[:7], [desde[:7]]
    while salida[-1] < ultimo:
        ejercicio, mes = map(int, salida[-1].split("-"))
        salida.append(f"{ejercicio + mes // 12:04d}-{mes % 12 + 1:02d}")
    return salida


def _eventos(crudo: Crudo, filas: list[Asistencia], reglas: Reglas, redondear: Redondear) -> Iterator[Celda]:
    """Por mes, programa y zona. Lo que llegó tarde de meses ya publicados sólo entra en los cubos."""
    hechos = Counter((e.mes, e.programa, e.zona) for e in crudo.eventos if e.del_periodo)
    juntas: dict[tuple[str, str, str], list[Asistencia]] = defaultdict(list)
    for fila in filas:
        juntas[(fila.mes, fila.programa, fila.zona)].append(fila)
    for donde in product(meses(crudo.desde, crudo.hasta), reglas.programas, reglas.zonas):
        n = _visible(juntas.get(donde, []), reglas)
        llave = list(donde)
        n = n and redondear(n, "evento_resumen", canonico(llave))
        yield celda("evento_resumen", llave, eventos=hechos[donde], n=n)


def _poa(crudo: Crudo, filas: list[Asistencia], reglas: Reglas) -> Iterator[Celda]:
    """Un renglón por línea del ejercicio del lote; las asistencias van exactas, pero sólo si no delatan a un evento.

    Dos líneas pueden compartir eventos: si la diferencia entre ellas fuera de 1 a 9, restarlas la descubriría.
    """
    ejercicios = {int(crudo.desde[:4]), int(crudo.hasta[:4])}
    lineas = [linea for linea in crudo.lineas_poa if linea.ejercicio in ejercicios]
    mostradas: list[set[str]] = []
    for linea in lineas:
        propios = [e for e in crudo.eventos if (linea.ejercicio, linea.clave) in e.lineas]
        ids = {e.id for e in propios}
        n = _visible([f for f in filas if f.evento in ids], reglas)
        if n is not None:
            if any(_restan_pocas(ids, otros, filas, reglas) for otros in mostradas):
                n = None
            else:
                mostradas.append(ids)
        llave = [linea.ejercicio, linea.clave]
        yield celda("poa", llave, **_meta(linea, crudo), eventos=sum(e.del_periodo for e in propios), asistencias=n)


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
