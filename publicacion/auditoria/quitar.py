"""De lo protegido a lo que pasa la auditoría: se quitan tablas, de la que menos falta hace a la que más.

Una tabla quitada conserva sus renglones, vacíos: la forma de lo publicado no cambia. Sólo se quitan las de la parte en
que hay algo que deducir, y al final vuelven las que no hacía falta quitar.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence

from ..errores import ErrorPublicacion
from ..modelo import Celda, Crudo, Examinada, Motivo, Reglas
from ..proteccion import examinar
from .dictamen import PASA, Dictamen, Hallazgo, Parte, partes, razon_de, revisar
from .sabido import leer, sin_numero
from .unidades import CELDAS_CUANDO_MAS, Unidad, demasiadas, en_orden

SIN_REMEDIO = frozenset({"no_cuadra"})
"""Hallazgos que no se arreglan quitando tablas: algo se calculó mal."""


def ensayar(crudo: Crudo, reglas: Reglas, secreto: bytes) -> tuple[list[Examinada], Dictamen]:
    """Las celdas como se publicarían, con su porqué, y el dictamen; también si no pasa.

    :raises ErrorPublicacion: si el lote tiene más celdas de las que se pueden auditar y publicar.
    """
    examinadas = examinar(crudo, reglas, secreto)
    if len(examinadas) > CELDAS_CUANDO_MAS:
        raise demasiadas(examinadas, crudo, reglas)
    quitadas: list[Unidad] = []
    quedan: list[Hallazgo] = []
    for parte, celdas in partes([e.celda for e in examinadas], crudo, reglas):
        hallazgos = list(revisar(parte, celdas, reglas))
        if hallazgos and not _sin_remedio(hallazgos):
            de_esta, hallazgos = _quitar(parte, celdas, crudo, reglas)
            quitadas += de_esta
        quedan += hallazgos
    fuera = set(quitadas)
    nombres = tuple(unidad.nombre for unidad in quitadas)
    salida = [_vaciar(e) if Unidad.de(e.celda, crudo, reglas) in fuera else e for e in examinadas]
    return salida, Dictamen(not quedan, tuple(quedan), _razon(quedan, nombres), nombres)


def _quitar(parte: Parte, celdas: Sequence[Celda], crudo: Crudo, reglas: Reglas) -> tuple[list[Unidad], list[Hallazgo]]:
    """Las tablas que hay que quitar de una parte para que pase, y lo que aun así se deduciría."""
    unidad_de = {c: Unidad.de(c, crudo, reglas) for c in celdas}
    visibles = {unidad_de[c] for c, p in zip(celdas, leer(celdas), strict=True) if p.n is not None}
    candidatas = en_orden(u for u in visibles if u.se_puede_quitar)

    def revisar_sin(fuera: Iterable[Unidad]) -> Iterator[Hallazgo]:
        quitadas = set(fuera)
        return revisar(parte, [sin_numero(c) if unidad_de[c] in quitadas else c for c in celdas], reglas)

    fuera = _las_que_basten(candidatas, lambda fuera: next(revisar_sin(fuera), None) is None)
    return (candidatas, list(revisar_sin(candidatas))) if fuera is None else (fuera, [])


def _las_que_basten(candidatas: Sequence[Unidad], pasa_sin: Callable[[list[Unidad]], bool]) -> list[Unidad] | None:
    """Las menos tablas que hay que quitar, de la que menos falta hace a la que más; ``None`` si ni con todas."""
    fuera: list[Unidad] = []
    for unidad in reversed(candidatas):
        fuera.append(unidad)
        if pasa_sin(fuera):
            break
    else:
        return None
    for unidad in reversed(fuera[:-1]):  # la que más falta hace vuelve primero
        sin_ella = [u for u in fuera if u != unidad]
        if pasa_sin(sin_ella):
            fuera = sin_ella
    return fuera


def _sin_remedio(hallazgos: Sequence[Hallazgo]) -> bool:
    return any(h.clase in SIN_REMEDIO for h in hallazgos)


def _vaciar(examinada: Examinada) -> Examinada:
    """La misma celda sin número. La que ya estaba escondida conserva su porqué."""
    if examinada.motivo.publicada is None:
        return examinada
    motivo = examinada.motivo._replace(publicada=None, motivo="tabla_quitada")
    return Examinada(sin_numero(examinada.celda), motivo)


def _razon(quedan: Sequence[Hallazgo], quitadas: Sequence[str]) -> str:
    if quedan:
        aun = " Ni quitando las demás tablas alcanza." if quitadas else ""
        return f"{razon_de(quedan)}{aun}"
    if not quitadas:
        return PASA
    return (
        f"Se dejaron vacías estas tablas, porque con ellas se podría deducir algo que se esconde: {_lista(quitadas)}."
    )


def _lista(nombres: Sequence[str]) -> str:
    return "; ".join(nombres)


def proteger_auditado(crudo: Crudo, reglas: Reglas, secreto: bytes) -> tuple[list[Motivo], Dictamen]:
    """Lo que se puede publicar de un lote, celda por celda, ya auditado.

    :raises ErrorPublicacion: si no pasa ni quitando tablas.
    """
    examinadas, dictamen = ensayar(crudo, reglas, secreto)
    exigir(dictamen)
    return [examinada.motivo for examinada in examinadas], dictamen


def exigir(dictamen: Dictamen) -> None:
    """:raises ErrorPublicacion: con la razón, si el lote no pasa."""
    if dictamen.pasa:
        return
    que_hacer = "No se publicó nada y lo de antes sigue igual. "
    if _sin_remedio(dictamen.hallazgos):
        que_hacer += "Avise a quien da soporte."
    else:
        que_hacer += "Espere a que el periodo junte más eventos, o junte zonas o programas en los catálogos."
    raise ErrorPublicacion(dictamen.razon, que_hacer)
