"""Pasar una lista de asistencia de papel: una rejilla con un renglón por persona, que también sirve sin guiones.

La hoja y cada renglón tienen un id que nace con la página: recargar, volver a mandar o mandar dos veces a la vez deja
una sola persona por renglón. Lo que se va tecleando queda en el servidor (``consultas/hojas_a_medias.py``), nunca en
el navegador: llevaría nombres.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from formularios import renglones
from formularios.renglones import Crudo, Hoja, Renglon, Repetido
from recoleccion import reglas
from recoleccion.consultas import hojas_a_medias, llave, papel
from recoleccion.consultas.conexion import escritura
from recoleccion.errores import ErrorJornada
from recoleccion.fechas import hora_larga, plural

from .. import llavero
from ..contexto import ahora, bd, instalacion, nuevo_id
from ..sesion import cuenta_segura, requiere
from . import bp, cerrados
from .comun import anotar, evento_o_404
from .formas_llave import FormularioAbrir
from .papel import es_antes, evento_con_papel, justificar, seguir

EN_BLANCO = 25
"""Renglones vacíos con que empieza la rejilla; una hoja impresa trae 22."""
LARGO = 200
"""Letras que se leen de una casilla."""
DICHOS = {
    "folio": ("La misma tarjeta está en el renglón {con}.", "Esa tarjeta ya está registrada en este evento."),
    "telefono": ("El mismo teléfono está en el renglón {con}.", "Alguien ya se registró con ese teléfono."),
    "nombre": ("El mismo nombre está en el renglón {con}.", "Alguien con ese nombre ya se registró."),
    "falta": ("Falta {falta}. Si en el papel no está, así se queda.",) * 2,
}
SIN_NOMBRE_GUARDADO = "El nombre que estaba guardado ya no está. Escríbalo otra vez."
ABRA = "Para corregir este renglón abra los nombres, arriba."
SIN_TARJETA = "Ninguna tarjeta de la oficina tiene ese folio. Compárelo, o déjelo sin folio."


@dataclass
class Rejilla:
    """Lo que trae la página: se lee del formulario, de un borrador o de un archivo."""

    evento: dict[str, Any]
    hoja: str
    crudos: list[Crudo]
    origen: papel.Origen = "papel"
    pagina: str = field(default_factory=nuevo_id)
    omitidos: frozenset[str] = frozenset()
    filas: Mapping[str, str] = field(default_factory=dict)
    """De qué fila del archivo salió cada renglón."""

    @property
    def reglas(self) -> Hoja:
        """Sin la llave de la oficina no hay con qué sellar nombres ni teléfonos: no se piden."""
        con_llave = llave.hay(bd())
        return Hoja(
            instalacion().catalogos,
            reglas.folio_valido,
            nombres=con_llave and bool(self.evento["pide_nombre"]),
            telefonos=con_llave and bool(self.evento["pide_telefono"]),
        )

    def leidos(self) -> list[Renglon]:
        return renglones.leer(self.reglas, self.crudos)


@bp.get("/eventos/<id>/papel/lista")
@requiere("titular")
def papel_lista(id: str) -> ResponseReturnValue:
    """La rejilla de una hoja. Sin ``hoja`` en la dirección empieza una nueva; recargarla trae lo tecleado."""
    evento = evento_o_404(id)
    hoja = papel.id_de_hoja(request.args.get("hoja")) or nuevo_id()
    if papel.leer(bd(), hoja) is not None:
        return redirect(url_for(".papel_hoja", id=hoja), 303)
    sello = llavero.sello_abierto()
    guardado = hojas_a_medias.leer(bd(), hoja, sello)
    if guardado is None:
        return pintar(Rejilla(evento, hoja, []))
    if guardado[0]["evento_id"] != id:
        raise ErrorJornada("hoja_ajena")
    rejilla = Rejilla(evento, hoja, guardado[1], guardado[0]["origen"])
    hojas_a_medias.tomar(bd(), hoja, rejilla.pagina)
    if sello is not None:
        anotar("ver hoja a medias", f"evento {id}", plural(len(rejilla.crudos), "renglón", "renglones"))
    return pintar(rejilla)


@bp.post("/eventos/<id>/papel/lista")
@requiere("titular")
def papel_guardar(id: str) -> ResponseReturnValue:
    """Guarda la hoja, o la devuelve con lo que hay que ver antes. ``accion=mas``: sólo pide más renglones."""
    rejilla = _del_formulario(evento_con_papel(id))
    if request.form.get("accion") == "mas":
        return pintar(rejilla, mas=EN_BLANCO)
    leidos, avisos = revisar(rejilla)
    if not leidos:
        return pintar(rejilla, error="La hoja está vacía: escriba al menos un renglón.", estado=422)
    malos = [renglon for renglon in leidos if renglon.errores]
    vistos = set(request.form.getlist("visto"))
    if malos or not {aviso.senas for aviso in avisos} <= vistos:
        return pintar(rejilla, leidos, avisos, estado=422)
    try:
        resultado = _guardar(rejilla, leidos)
    except ErrorJornada as error:
        return pintar(rejilla, leidos, avisos, error=f"{error.mensaje} {error.que_hacer}", estado=error.http_status)
    flash(_dicho(resultado))
    if papel.leer(bd(), rejilla.hoja) is None:  # todos se dejaron fuera
        return seguir(url_for(".papel_evento", id=id))
    return seguir(url_for(".papel_hoja", id=rejilla.hoja))


@bp.post("/eventos/<id>/papel/borrador")
@requiere("titular")
def papel_borrador(id: str) -> ResponseReturnValue:
    """Deja lo tecleado en el servidor. A la página le contesta JSON; sin guiones, regresa a la rejilla."""
    rejilla = _del_formulario(evento_o_404(id))
    hecho = hojas_a_medias.guardar(
        bd(),
        rejilla.leidos(),
        hoja_id=rejilla.hoja,
        evento_id=id,
        origen=rejilla.origen,
        pagina=rejilla.pagina,
        ahora=ahora(),
        quien=cuenta_segura().usuario,
    )
    if request.form.get("guion") != "1":
        flash(
            "El borrador quedó guardado." if hecho else "Esta hoja se abrió después en otra ventana: siga en aquélla."
        )
        return redirect(url_for(".papel_lista", id=id, hoja=rejilla.hoja), 303)
    return (jsonify(guardado=hora_larga(ahora())), 200) if hecho else (jsonify(guardado=None), 409)


@bp.post("/eventos/<id>/papel/descarte")
@requiere("titular")
def papel_descartar(id: str) -> ResponseReturnValue:
    """Tira una hoja a medias."""
    hoja = papel.id_de_hoja(request.form.get("hoja"))
    if hoja is not None:
        hojas_a_medias.olvidar(bd(), hoja)
        anotar("descartar hoja a medias", f"evento {id}")
    flash("Se descartó la hoja a medias.")
    return redirect(url_for(".papel_evento", id=id), 303)


def pintar(
    rejilla: Rejilla,
    leidos: Sequence[Renglon] = (),
    avisos: Sequence[Repetido] = (),
    *,
    mas: int = 0,
    fuera: Mapping[int, str] = MappingProxyType({}),
    error: str | None = None,
    estado: int = 200,
) -> ResponseReturnValue:
    """La página, con lo tecleado y lo que hay que ver. ``fuera``: las filas de un archivo que no se tomaron."""
    evento, hoja = rejilla.evento, rejilla.reglas
    dichos = _dichos(leidos, avisos)
    blancos = max(EN_BLANCO - len(rejilla.crudos), 3) + mas
    crudos = rejilla.crudos + [Crudo(nuevo_id()) for _ in range(min(blancos, renglones.MAXIMO - len(rejilla.crudos)))]
    pagina = render_template(
        "panel/papel_lista.html",
        evento=evento,
        antes=es_antes(evento),
        rejilla=rejilla,
        columnas=_columnas(hoja, bool(evento["pide_procedencia"])),
        crudos=crudos,
        errores={renglon.numero: renglon.errores for renglon in leidos if renglon.errores},
        dichos=dichos,
        avisos=avisos,
        repetidos={aviso.numero for aviso in avisos if aviso.motivo not in ("falta", "cerrada")},
        se_cerro=any(aviso.motivo == "cerrada" for aviso in avisos),
        personas=len(rejilla.leidos()),
        nombres=hoja.nombres,
        abierta=llavero.esta_abierta(),
        con_cerrados=any(crudo.guardado for crudo in crudos),
        abrir=FormularioAbrir(razon="papel"),
        aqui=url_for(".papel_lista", id=evento["id"], hoja=rejilla.hoja),
        cerrado=cerrados.hace_falta([evento["fecha"]]),
        justificacion=request.form.get("justificacion", "") if request.method == "POST" else "",
        maximo=renglones.MAXIMO,
        fuera=fuera,
        error=error,
    )
    return pagina, estado


def _columnas(hoja: Hoja, procedencia: bool) -> list[dict[str, Any]]:
    """Las casillas de un renglón, en el orden del papel. Sin nombres, el folio va al final."""
    folio = {"campo": "nombre", "titulo": "Folio de su tarjeta", "ayuda": "Si trae; 8 números"}
    nombre = {"campo": "nombre", "titulo": "Nombre", "ayuda": "O el folio de su tarjeta"}
    columnas = [nombre] if hoja.nombres else []
    columnas += [_lista(hoja, "sexo", "Sexo"), {"campo": "edad", "titulo": "Edad", "ayuda": "En años; N, no dijo"}]
    if procedencia:
        columnas.append(_lista(hoja, "procedencia", "De dónde viene"))
    if hoja.telefonos:
        columnas.append({"campo": "telefono", "titulo": "Teléfono", "ayuda": "10 números"})
    return columnas if hoja.nombres else [*columnas, folio]


def _lista(hoja: Hoja, campo: str, titulo: str) -> dict[str, Any]:
    opciones = hoja.catalogos.opciones(campo)
    letras = renglones.letras(opciones)
    pares = [(o.clave, letras[o.clave], o.etiqueta) for o in opciones]
    ayuda = " ".join(letra for _, letra, _ in pares)
    return {"campo": campo, "titulo": titulo, "ayuda": ayuda, "opciones": pares}


# --- Leer lo que llegó ---------------------------------------------------------------------------------------------


def _del_formulario(evento: dict[str, Any]) -> Rejilla:
    """:raises ErrorJornada: ``hoja_ajena``."""
    ids = request.form.getlist("id")[: renglones.MAXIMO]
    casillas = {campo: request.form.getlist(campo) for campo in (*renglones.CAMPOS, "guardado", "fila")}
    usados: set[str] = set()
    crudos, filas = [], {}
    for n, id in enumerate(ids):
        bueno = id if reglas.id_valido(id) and id not in usados else nuevo_id()
        usados.add(bueno)
        valores = {campo: lista[n][:LARGO] if n < len(lista) else "" for campo, lista in casillas.items()}
        filas[bueno] = valores["fila"] if valores["fila"].isascii() and valores["fila"].isdigit() else ""
        crudos.append(Crudo(bueno, **{c: valores[c] for c in renglones.CAMPOS}, guardado=valores["guardado"] == "1"))
    while crudos and crudos[-1].vacio:
        crudos.pop()
    hoja = papel.id_de_hoja(request.form.get("hoja")) or nuevo_id()
    origen: papel.Origen = "archivo" if request.form.get("origen") == "archivo" else "papel"
    pagina = papel.id_de_hoja(request.form.get("pagina")) or nuevo_id()
    return Rejilla(evento, hoja, crudos, origen, pagina, frozenset(request.form.getlist("omitir")), filas)


def revisar(rejilla: Rejilla) -> tuple[list[Renglon], list[Repetido]]:
    """Los renglones con lo que además dice la base de cada uno, y de quién hay que fijarse antes de guardar."""
    leidos = rejilla.leidos()
    ajenos = papel.folios_ajenos(bd(), [renglon.folio for renglon in leidos if renglon.folio])
    sobres = hojas_a_medias.sobres(bd(), rejilla.hoja)
    entraron = papel.ya_entraron(bd(), [renglon.crudo.id for renglon in leidos])
    revisados = []
    for renglon in leidos:
        errores = dict(renglon.errores)
        if renglon.folio in ajenos:
            errores["nombre"] = SIN_TARJETA
        if renglon.crudo.guardado and renglon.crudo.id not in entraron:
            sobre = sobres.get(renglon.crudo.id)
            if sobre is None or "raros" in sobre:
                errores["nombre"] = SIN_NOMBRE_GUARDADO if sobre is None else ABRA
        revisados.append(replace(renglon, errores=errores))
    return revisados, _avisos(revisados, rejilla)


def _por_guardar(renglon: Renglon, sobre: Mapping[str, Any] | None) -> papel.PorGuardar:
    cerrado = renglon.crudo.guardado
    identidad = (sobre.get("identidad") if sobre else papel.CERRADO) if cerrado else None
    return papel.PorGuardar(
        renglon.crudo.id,
        renglon.sexo,
        renglon.edad,
        renglon.procedencia,
        None if renglon.menor else renglon.nombre,
        None if renglon.menor else renglon.telefono,
        renglon.folio,
        identidad,
    )


def _avisos(leidos: Sequence[Renglon], rejilla: Rejilla) -> list[Repetido]:
    """Lo que no impide guardar, pero hay que ver: quién parece repetida y qué dato falta."""
    se_guardan = [renglon for renglon in leidos if renglon.crudo.id not in rejilla.omitidos]
    ids = [renglon.crudo.id for renglon in leidos]
    conocidos = papel.conocidos(bd(), rejilla.evento["id"], ids, llavero.sello_abierto())
    faltan = [
        Repetido(renglon.numero, "falta")
        for renglon in se_guardan
        if not (renglon.crudo.sexo.strip() and renglon.crudo.edad.strip())
    ]
    # Se cerraron solos mientras tecleaba: no se comparó con quienes ella cree que sí.
    cerrada = request.form.get("abierta") == "1" and not llavero.esta_abierta()
    return [*renglones.repetidos(se_guardan, conocidos), *faltan, *([Repetido(0, "cerrada")] if cerrada else [])]


def _dichos(leidos: Sequence[Renglon], avisos: Sequence[Repetido]) -> dict[int, list[str]]:
    """Las frases de cada renglón."""
    por_numero = {renglon.numero: renglon for renglon in leidos}
    dichos: dict[int, list[str]] = defaultdict(list)
    for aviso in avisos:
        if aviso.motivo == "cerrada":
            continue
        crudo = por_numero[aviso.numero].crudo
        falta = " y ".join(n for n, v in (("el sexo", crudo.sexo), ("la edad", crudo.edad)) if not v.strip())
        dichos[aviso.numero].append(DICHOS[aviso.motivo][aviso.con is None].format(con=aviso.con, falta=falta))
    return dichos


# --- Guardar -------------------------------------------------------------------------------------------------------


def _guardar(rejilla: Rejilla, leidos: Sequence[Renglon]) -> papel.Resultado:
    evento, sobres = rejilla.evento, hojas_a_medias.sobres(bd(), rejilla.hoja)
    listos = [_por_guardar(r, sobres.get(r.crudo.id)) for r in leidos if r.crudo.id not in rejilla.omitidos]
    with escritura(bd()):
        resultado = papel.guardar(
            bd(),
            listos,
            hoja_id=rejilla.hoja,
            evento_id=evento["id"],
            origen=rejilla.origen,
            sello=instalacion().sello,
            ahora=ahora(),
            quien=cuenta_segura().usuario,
        )
        if resultado.nuevas or resultado.apartadas:
            personas = plural(resultado.nuevas, "persona", "personas")
            justificar(evento, personas)
            anotar("pasar lista de papel", f"evento {evento['id']}", personas)
    return resultado


def _dicho(resultado: papel.Resultado) -> str:
    nuevas = plural(resultado.nuevas, "persona", "personas")
    partes = [f"Se {'guardó' if resultado.nuevas == 1 else 'guardaron'} {nuevas} de la hoja."]
    if resultado.estaban:
        ya = plural(resultado.estaban, "renglón ya estaba guardado", "renglones ya estaban guardados")
        partes.append(f"{ya}: no se {'contó' if resultado.estaban == 1 else 'contaron'} otra vez.")
    if resultado.apartadas:
        ya = plural(resultado.apartadas, "renglón ya estaba", "renglones ya estaban")
        partes.append(f"{ya} con otros datos: decida en «Por revisar».")
    return " ".join(partes)
