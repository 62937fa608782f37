"""Lo que espera a la titular: cada cosa con su frase, por qué importa y dónde se resuelve."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, NamedTuple

from flask import current_app, url_for

from recoleccion import reglas
from recoleccion.consultas import (
    ajustes,
    avance,
    avisos,
    codigos_unicos,
    cuarentena,
    directorio,
    dispositivos,
    llave,
    poa,
    publicar,
    ranuras,
    retencion,
    tablero,
    trimestres,
)
from recoleccion.consultas.avance import Linea
from recoleccion.errores import ErrorJornada
from recoleccion.fechas import fecha_larga, numero, plural
from recoleccion.revisar import copias
from recoleccion.revisar.renglon import MAL

from .. import acceso
from ..contexto import ahora, bd, instalacion
from ..sesion import cuenta_segura
from .derechos import en_tramite

AVISO = timedelta(days=15)
"""Con cuánto tiempo se avisa de un documento por entregar."""
ALGUIEN_PRUEBA = 3
"""Números equivocados después de una contraseña buena: uno o dos los teclea mal cualquiera."""
MAXIMO = 5
"""De una misma cosa, cuántas se dicen una por una."""


class Pendiente(NamedTuple):
    """Algo que espera a la titular: la frase, por qué importa y dónde se resuelve."""

    frase: str
    porque: str
    enlace: str


def todos(hoy: date, lineas: list[Linea]) -> list[Pendiente]:
    """Lo que espera hoy, lo que más urge primero. ``lineas``: el avance del ejercicio de hoy."""
    grupos = (
        _cuaderno(), _de_la_oficina(), _respaldos(), _solicitudes(hoy), _sin_cerrar(hoy.isoformat()),
        _documentos(hoy), _registros(), _urnas(), _trimestres(hoy), _publicacion(hoy), _atrasadas(hoy, lineas),
        _ayuda(hoy), _convenios(hoy), _nombres(hoy), _entrada(),
    )  # fmt: skip
    return [pendiente for grupo in grupos for pendiente in grupo]


def ruta(endpoint: str, otra: str, **argumentos: Any) -> str:
    """La dirección de esa parte del panel o, si esta instalación no la trae, la de ``otra``."""
    if f"panel.{endpoint}" in current_app.view_functions:
        return url_for(f".{endpoint}", **argumentos)
    return url_for(f".{otra}")


def _cuaderno() -> Iterator[Pendiente]:
    """Sin él los nombres guardados no se leen: es lo primero que debe saberse."""
    if porque := ranuras.inservible(bd()):
        yield Pendiente(
            "Los nombres guardados no se pueden leer",
            f"El cuaderno de llaves (claves/nombres.llaves) falla: {porque}. No se perdieron: quien administra debe "
            "ponerlo desde la copia del último respaldo. Los que lleguen se guardan igual.",
            url_for(".retencion"),
        )


def _solicitudes(hoy: date) -> Iterator[Pendiente]:
    """Las de derechos ARCO, lo que vence antes primero."""
    for solicitud in en_tramite()[:MAXIMO]:
        que = {"por_responder": "por contestar", "por_cumplir": "por cumplir"}.get(solicitud["situacion"].etapa)
        if que is None:
            continue
        faltan, limite = solicitud["situacion"].faltan, _dia(solicitud["situacion"].limite.isoformat(), hoy)
        quedan = f"Quedan {plural(faltan, 'día hábil', 'días hábiles')}, hasta el {limite}."
        yield Pendiente(
            f"Solicitud {solicitud['folio']} {que}",
            quedan if faltan > 0 else f"El plazo {'vence hoy' if faltan == 0 else f'venció el {limite}'}.",
            url_for(".derechos_solicitud", id=solicitud["id"]),
        )


def _de_la_oficina() -> Iterator[Pendiente]:
    base = bd()
    if not any(linea["propia"] for linea in directorio.ayuda(base)):
        yield Pendiente(
            "Falta el teléfono de su oficina",
            "Es el número que ve quien pide ayuda. Sin él no se puede pasar a producción.",
            url_for(".directorio_nueva", propia=1),
        )
    if faltan := avisos.huecos(avisos.vigente(base)):
        yield Pendiente(
            "Falta completar el aviso de privacidad",
            f"Todavía dice «{faltan[0]}». Así no se puede pasar a producción.",
            url_for(".aviso_editar"),
        )
    if not llave.hay(base):
        yield Pendiente(
            "Falta la llave de nombres",
            "Sin ella no se piden nombres ni teléfonos. La crea usted, con una frase que sólo usted sabe.",
            url_for(".llave"),
        )


def _entrada() -> Iterator[Pendiente]:
    """Que nadie se quede afuera, y que una contraseña no sea lo único que cuida la oficina."""
    cuenta = cuenta_segura()
    if codigos_unicos.se_puede_quedar_afuera(bd()) == cuenta:
        yield Pendiente(
            "Usted es la única titular y no tiene códigos impresos",
            "Si olvida su contraseña, nadie más en el panel le puede abrir. Imprímalos, o dé de alta a otra titular.",
            url_for(".mi_entrada"),
        )
    if (malos := acceso.equivocados(cuenta)) >= ALGUIEN_PRUEBA:
        yield Pendiente(
            f"Alguien sabe su contraseña: {plural(malos, 'número equivocado', 'números equivocados')} en una semana",
            "La escribieron bien y no pasaron del segundo paso. Si no fue usted, cámbiela.",
            url_for(".mi_entrada"),
        )
    if not acceso.pide_segundo(cuenta):
        yield Pendiente(
            "Entra sólo con su contraseña",
            "Quien la sepa o la adivine entra como usted. Agregue una llave de acceso o el número de su teléfono.",
            url_for(".mi_entrada"),
        )


def _respaldos() -> Iterator[Pendiente]:
    """Sólo lo que ya es una falla: lo demás lo atiende quien cuida la computadora, en «Estado»."""
    visto = copias.respaldo(instalacion(), ajustes.leer(bd(), "modo") or "prueba")
    if visto.estado == MAL:
        porque = "Si la computadora se pierde, se pierde lo registrado. Avise a quien la cuida."
        yield Pendiente(visto.frase, porque, url_for(".estado_sistema"))


def _sin_cerrar(hoy: str) -> Iterator[Pendiente]:
    cuantos, eventos = tablero.sin_cerrar(bd(), hoy, MAXIMO)
    momento = ahora()
    for evento in eventos:
        if reglas.situacion(evento, momento) == "pasado":
            fue = _dia(evento["fecha"], momento.date())
            yield Pendiente(
                f"«{evento['titulo']}» sigue sin cerrar",
                f"Fue el {fue}. Al cerrarlo se abre la urna y se cuentan las encuestas.",
                url_for(".evento", id=evento["id"]),
            )
    if cuantos > MAXIMO:
        yield Pendiente(
            f"Y {plural(cuantos - MAXIMO, 'evento más viejo', 'eventos más viejos')} sin cerrar",
            "Ábralos de la lista y ciérrelos, o cancélelos si no se hicieron.",
            url_for(".lista_eventos", que="realizados"),
        )


def _documentos(hoy: date) -> Iterator[Pendiente]:
    """Lo que otra área pidió con fecha límite (línea A9) y falta entregar."""
    for documento in tablero.documentos(bd(), (hoy + AVISO).isoformat())[: MAXIMO * 2]:
        limite = date.fromisoformat(documento["limite"])
        que = documento["nota"] or documento["institucion"] or f"línea {documento['linea']}"
        if limite < hoy:
            porque = f"Era para el {_dia(documento['limite'], hoy)}. Entréguelo y anote la fecha."
        else:
            cuando = {0: "hoy", 1: "mañana"}.get((limite - hoy).days, f"el {fecha_larga(limite)}")
            porque = f"Se entrega {cuando}. Al entregarlo, anote la fecha."
        yield Pendiente(f"Por entregar: {_corto(que)}", porque, ruta("actividad_editar", "poa", id=documento["id"]))


def _registros() -> Iterator[Pendiente]:
    base = bd()
    if cuantos := cuarentena.contar(base):
        yield Pendiente(
            f"{plural(cuantos, 'registro', 'registros')} por revisar",
            "Llegaron de un teléfono y no se pudieron contar. Están guardados.",
            url_for(".cuarentena"),
        )
    con_algo = [t for t in dispositivos.listar(base) if t["pendientes"] and not t["revocado_en"]]
    if con_algo:
        verbo = "tiene" if len(con_algo) == 1 else "tienen"
        yield Pendiente(
            f"{plural(len(con_algo), 'teléfono', 'teléfonos')} {verbo} registros sin enviar",
            "Se envían solos cuando hay señal. Si ya pasó un día, pida que abran la aplicación con internet.",
            url_for(".telefonos"),
        )


def _urnas() -> Iterator[Pendiente]:
    urnas = tablero.urnas_en_espera(bd())
    for urna in urnas[:MAXIMO]:
        yield Pendiente(
            f"La urna de «{urna['titulo']}» espera con {plural(urna['n'], 'contestación', 'contestaciones')}",
            "Con menos de 10 no se abre, para que nadie se reconozca. Se juntará con otro evento del programa.",
            url_for(".evento", id=urna["id"]),
        )
    if len(urnas) > MAXIMO:
        yield Pendiente(
            f"Y {plural(len(urnas) - MAXIMO, 'urna más espera', 'urnas más esperan')}",
            "Se abren solas cuando su programa junta 10 contestaciones de la misma encuesta.",
            url_for(".lista_eventos", que="realizados"),
        )


def _trimestres(hoy: date) -> Iterator[Pendiente]:
    """Los trimestres terminados, de este año y el último del pasado, sin cerrar o sin informe."""
    base, cargados = bd(), set(poa.ejercicios(bd()))
    corriente = (hoy.month + 2) // 3
    sin_cerrar: list[tuple[str, int]] = []
    for ejercicio, numeros in ((hoy.year - 1, (4,)), (hoy.year, range(1, corriente))):
        if ejercicio not in cargados:
            continue
        cerrados, informados = trimestres.cerrados(base, ejercicio), tablero.informados(base, ejercicio)
        for t in sorted(tablero.con_registros(base, ejercicio) & set(numeros)):
            nombre = f"{trimestres.NOMBRES[t]} trimestre de {ejercicio}"
            if t not in cerrados:
                sin_cerrar.append((nombre, ejercicio))
            elif ("trimestral", f"t{t}") not in informados:
                yield Pendiente(
                    f"Falta el informe del {nombre}",
                    "Ya está cerrado: revíselo y guárdelo para firmar.",
                    ruta("informes", "poa", ejercicio=ejercicio),
                )
    if not sin_cerrar:
        return
    primero, ejercicio = sin_cerrar[0]
    cuantos = len(sin_cerrar)
    yield Pendiente(
        f"El {primero} está sin cerrar" if cuantos == 1 else f"Hay {cuantos} trimestres sin cerrar, desde el {primero}",
        "Se cierra cuando ya nada falta: después, cada cambio pide decir por qué.",
        ruta("poa", "poa", ejercicio=ejercicio),
    )


def _publicacion(hoy: date) -> Iterator[Pendiente]:
    try:
        lote = publicar.primero_por_cerrar(bd(), hoy)
    except ErrorJornada:  # con el reloj mal, lo dice «Publicación»
        lote = None
    if lote:
        yield Pendiente(
            f"Ya se puede publicar lo que terminó el {_dia(lote['hasta'], hoy)}",
            "Véalo celda por celda y fírmelo. Lo que llegue después entra en lo siguiente.",
            url_for(".publicacion"),
        )


def atrasadas(lineas: list[Linea], hoy: date, minimo: int) -> list[tuple[Linea, float, float]]:
    """Las líneas que llevan menos de ``minimo`` por ciento de lo que tocaba al terminar el último trimestre.

    Cada una con lo que lleva y lo que tocaba. Lo del trimestre en curso todavía no se debe.
    """
    t = (hoy.month + 2) // 3
    encontradas = []
    for linea in lineas:
        tocaba = linea.programado_acumulado(t - 1) if t > 1 else None
        if tocaba and 100 * linea.acumulado(t) < minimo * tocaba:
            encontradas.append((linea, linea.acumulado(t), tocaba))
    return encontradas


def _atrasadas(hoy: date, lineas: list[Linea]) -> Iterator[Pendiente]:
    lentas = atrasadas(lineas, hoy, avance.umbrales(bd())[0])
    if not lentas:
        return
    corte = trimestres.limites(hoy.year, (hoy.month + 2) // 3 - 1)[1]
    dichas = [
        f"{linea.clave} lleva {numero(lleva)} de {numero(tocaba)} {linea.unidad or ''}".rstrip()
        for linea, lleva, tocaba in lentas[:3]
    ]
    mas = f" y {plural(len(lentas) - 3, 'línea más', 'líneas más')}" if len(lentas) > 3 else ""
    yield Pendiente(
        f"{plural(len(lentas), 'línea del programa va atrasada', 'líneas del programa van atrasadas')}",
        f"De lo que tocaba al {fecha_larga(corte).partition(' ')[2]}: {'; '.join(dichas)}{mas}.",
        ruta("poa", "poa", ejercicio=hoy.year),
    )


def _ayuda(hoy: date) -> Iterator[Pendiente]:
    if viejas := directorio.sin_verificar(directorio.ayuda(bd()), hoy):
        yield Pendiente(
            f"{plural(len(viejas), 'teléfono', 'teléfonos')} de ayuda sin verificar",
            "Márquelos y anote la fecha: una línea que no contesta hace daño.",
            url_for(".directorio_lista"),
        )


def _convenios(hoy: date) -> Iterator[Pendiente]:
    vencidos = [uno for uno in directorio.listar(bd()) if uno["convenio"] and (uno["convenio_hasta"] or "9") < str(hoy)]
    for uno in vencidos[:MAXIMO]:
        yield Pendiente(
            f"Venció el convenio con «{uno['nombre']}»",
            f"Fue el {_dia(uno['convenio_hasta'], hoy)}. Renuévelo y cambie la fecha, o quítelo del directorio.",
            url_for(".directorio_editar", id=uno["id"]),
        )


def _nombres(hoy: date) -> Iterator[Pendiente]:
    vencidos, conserva = retencion.vencidos(bd(), hoy), retencion.conserva(bd())
    if vencidos:
        anios = enumerar([str(anio) for anio in vencidos])
        yield Pendiente(
            f"Toca borrar los nombres de {anios}",
            f"El aviso dice que se guardan hasta el 31 de diciembre de {max(vencidos) + conserva}."
            " Las cuentas se quedan.",
            url_for(".retencion"),
        )


def _dia(fecha: str, hoy: date) -> str:
    """La fecha en palabras; con su año si no es el de hoy."""
    return fecha_larga(fecha, con_ejercicio=not fecha.startswith(str(hoy.year)))


def enumerar(cosas: list[str]) -> str:
    """«2022», «2022 y 2023», «2022, 2023 y 2024»."""
    return " y ".join(filter(None, [", ".join(cosas[:-1]), *cosas[-1:]]))


def _corto(texto: str, letras: int = 70) -> str:
    texto = " ".join(texto.split())
    return texto if len(texto) <= letras else f"{texto[: letras - 1].rstrip()}…"
