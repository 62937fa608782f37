"""Un informe para firmar: hoja acostada (oficio o carta), en blanco y negro, con la huella de sus datos al pie.

Sale sólo de los datos guardados: los mismos datos dan los mismos bytes. Lo que dice cada casilla lo escribe
``recoleccion.informes.cuadro``, igual que en la página.
"""

import base64
from collections.abc import Iterator, Mapping, Sequence
from io import BytesIO
from typing import Any

from reportlab.lib.pagesizes import landscape, legal, letter
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    CondPageBreak,
    Flowable,
    Frame,
    Image,
    KeepTogether,
    PageTemplate,
    Spacer,
    Table,
)

from recoleccion.fechas import fecha_corta, fecha_larga, numero, plural
from recoleccion.informes import cuadro
from recoleccion.informes.armar import PAPELES

from . import hoja
from .informe_tablas import Estilos, tabla, tabla_de_lineas
from .piezas import parrafo

MEDIDAS = {"oficio": landscape(legal), "carta": landscape(letter)}
LETRA = {"oficio": 8.0, "carta": 6.8}
ALTO_LOGO = 15 * mm


def informe_pdf(datos: Mapping[str, Any], huella: str, papel: str = "oficio") -> bytes:
    """Las hojas de un informe.

    :param datos: los de :func:`recoleccion.informes.armar.firmado`.
    :param papel: llave de :data:`MEDIDAS`.
    """
    informe = _Informe(datos, huella, papel)
    _, hojas = informe.armar(0)
    return informe.armar(hojas)[0]


class _Informe:
    """Se arma dos veces, porque el pie dice cuántas hojas son."""

    def __init__(self, datos: Mapping[str, Any], huella: str, papel: str) -> None:
        self.datos, self.huella = datos, huella
        self.ancho, self.alto = MEDIDAS[papel]
        self.util = self.ancho - 2 * hoja.MARGEN
        self.estilos = Estilos(LETRA[papel])

    def armar(self, total: int) -> tuple[bytes, int]:
        """Los bytes y cuántas hojas salieron."""
        salida = BytesIO()
        pie = 8 * mm
        marco = Frame(
            hoja.MARGEN, hoja.MARGEN + pie, self.util, self.alto - 2 * hoja.MARGEN - pie,
            leftPadding=0, rightPadding=0, topPadding=0, bottomPadding=0,
        )  # fmt: skip
        documento = BaseDocTemplate(
            salida, pagesize=(self.ancho, self.alto), title=hoja.imprimible(self.datos["titulo"]),
            author="jornada", lang="es-MX", invariant=1, pageCompression=1,
        )  # fmt: skip
        documento.addPageTemplates(
            PageTemplate(frames=[marco], onPageEnd=lambda lienzo, doc: self._pie(lienzo, doc.page, total))
        )
        documento.build([*self._cabeza(), *self._cuerpo(), *self._final()])
        return salida.getvalue(), documento.page

    def _pie(self, lienzo: Canvas, numero_hoja: int, total: int) -> None:
        lienzo.saveState()
        lienzo.setStrokeGray(0.5)
        lienzo.setLineWidth(0.4)
        lienzo.line(hoja.MARGEN, hoja.MARGEN + 5 * mm, self.ancho - hoja.MARGEN, hoja.MARGEN + 5 * mm)
        guardado = f"Guardado el {fecha_corta(self.datos['hecho_en'])}"
        partes = [guardado, f"Huella SHA-256 {self.huella}"]
        if self.datos.get("bitacora"):
            partes.append(f"Bitácora {self.datos['bitacora']}")
        hoja.pie(lienzo, " · ".join(partes), numero_hoja, total, self.ancho)
        lienzo.restoreState()

    # --- Lo de arriba ---------------------------------------------------------------------------------------------

    def _cabeza(self) -> Iterator[Flowable]:
        d, m, e = self.datos, self.datos["membrete"], self.estilos
        textos = [
            parrafo(", ".join(filter(None, (m.get("oficina"), m.get("municipio")))), e.oficina),
            parrafo(d["titulo"], e.titulo),
            parrafo(cuadro.leyenda_del_corte(d), e.texto),
        ]
        logo = _logo(m.get("logo"))
        if logo is None:
            yield from textos
        else:
            cabeza = Table([[logo, textos]], colWidths=[logo.drawWidth + 6 * mm, self.util - logo.drawWidth - 6 * mm])
            cabeza.setStyle([("VALIGN", (0, 0), (-1, -1), "MIDDLE"), ("LEFTPADDING", (0, 0), (-1, -1), 0)])
            yield cabeza
        if m.get("leyenda"):
            yield parrafo(m["leyenda"], e.texto)
        yield Spacer(0, 3 * mm)

    # --- Lo de en medio -------------------------------------------------------------------------------------------

    def _cuerpo(self) -> Iterator[Flowable]:
        if self.datos["clase"] == "especial":
            yield from self._eventos()
            yield from self._actividades()
            yield from self._encuestas()
        else:
            yield tabla_de_lineas(self.datos, self.util, self.estilos)
            yield Spacer(0, 2 * mm)
            yield parrafo(
                " ".join([cuadro.leyenda_del_semaforo(self.datos["umbrales"]), *cuadro.REGLAS]), self.estilos.nota
            )
        yield from self._poblacion()
        yield from self._cambios()
        if self.datos.get("nota"):
            yield from self._seccion("Observaciones", [parrafo(self.datos["nota"], self.estilos.texto)])

    def _seccion(self, titulo: str, contenido: Sequence[Flowable]) -> Iterator[Flowable]:
        """El título nunca queda solo al pie de una hoja."""
        yield CondPageBreak(30 * mm)
        yield parrafo(titulo, self.estilos.seccion)
        yield from contenido

    def _poblacion(self) -> Iterator[Flowable]:
        e = self.estilos
        gente = tabla(
            ["Grupo de edad", "Mujeres", "Hombres", "No especificado", "Total"],
            cuadro.cuadro_de_poblacion(self.datos),
            [0.32, 0.17, 0.17, 0.17, 0.17],
            self.util * 0.48,
            e,
            totales=True,
        )
        lugares = tabla(
            ["Localidad del evento", "Eventos", "Asistencias"],
            [
                (fila["localidad"], numero(fila["eventos"]), numero(fila["asistencias"]))
                for fila in self.datos["localidades"]
            ]
            or [("Ninguna", "0", "0")],
            [0.6, 0.2, 0.2],
            self.util * 0.46,
            e,
        )
        juntas = Table([[gente, lugares]], colWidths=[self.util * 0.52, self.util * 0.48])
        juntas.setStyle([("VALIGN", (0, 0), (-1, -1), "TOP"), ("LEFTPADDING", (0, 0), (-1, -1), 0)])
        titulo = parrafo("Población atendida en eventos, por edad y sexo (asistencias; cada evento una vez)", e.seccion)
        alta = len(self.datos["localidades"]) > 25
        yield titulo if alta else KeepTogether([titulo, juntas])
        if alta:
            yield gente
            yield Spacer(0, 3 * mm)
            yield lugares

    def _cambios(self) -> Iterator[Flowable]:
        filas = [
            (fecha_corta(c["fecha"]), c["linea"], c["que"], c["antes"] or "—", c["despues"] or "—", c["justificacion"])
            for c in self.datos.get("cambios", ())
        ]
        if filas:
            titulos = ["Fecha", "Línea", "Qué cambió", "Antes", "Después", "Justificación"]
            anchos = [0.08, 0.06, 0.16, 0.12, 0.12, 0.46]
            yield from self._seccion(
                "Cambios al programa en el periodo", [tabla(titulos, filas, anchos, self.util, self.estilos)]
            )

    def _eventos(self) -> Iterator[Flowable]:
        filas = [
            (
                fecha_corta(v["fecha"]), v["titulo"], v["tipo"], v["tema"], v["sede"], v["localidad"],
                numero(v["mujeres"]), numero(v["hombres"]), numero(v["no_especificado"]), numero(v["total"]),
            )
            for v in self.datos["eventos"]
        ]  # fmt: skip
        gente = self.datos["poblacion"]
        filas.append(
            ("Total", plural(len(filas), "evento", "eventos"), "", "", "", "", numero(gente["mujeres"]),
             numero(gente["hombres"]), numero(gente["no_especificado"]), numero(gente["total"]))
        )  # fmt: skip
        titulos = ["Fecha", "Evento", "Tipo", "Tema", "Sede", "Localidad", "Mujeres", "Hombres", "No esp.", "Total"]
        anchos = [0.075, 0.215, 0.11, 0.12, 0.14, 0.11, 0.06, 0.06, 0.05, 0.06]
        numeros = (6, 7, 8, 9)
        yield from self._seccion(
            "Eventos", [tabla(titulos, filas, anchos, self.util, self.estilos, totales=True, numeros=numeros)]
        )

    def _actividades(self) -> Iterator[Flowable]:
        filas = [
            (fecha_corta(a["fecha"]), a["linea"], a["tipo"], numero(a["cantidad"]), numero(a["alcance"] or 0))
            for a in self.datos["actividades"]
        ]
        if filas:
            titulos = ["Fecha", "Línea", "Actividad", "Cantidad", "Alcance en redes"]
            yield from self._seccion(
                f"Otras actividades de la línea A8, del {fecha_corta(self.datos['desde'])}"
                f" al {fecha_corta(min(self.datos['hasta'], self.datos['corte']))}",
                [tabla(titulos, filas, [0.1, 0.1, 0.56, 0.12, 0.12], self.util, self.estilos, numeros=(3, 4))],
            )

    def _encuestas(self) -> Iterator[Flowable]:
        filas = [
            (c["titulo"], numero(c["contestaciones"]), "—" if c["aciertos"] is None else c["aciertos"])
            for c in self.datos["encuestas"]
        ]
        if filas:
            titulos = ["Encuesta", "Contestaciones", "Aciertos en promedio"]
            yield from self._seccion(
                "Encuestas (sólo las de eventos con 10 contestaciones o más)",
                [tabla(titulos, filas, [0.6, 0.2, 0.2], self.util * 0.6, self.estilos)],
            )

    # --- Lo de abajo ----------------------------------------------------------------------------------------------

    def _final(self) -> Iterator[Flowable]:
        e, firmas = self.estilos, self.datos["firmas"]
        casillas = [
            [
                parrafo(titulo, e.firma),
                Spacer(0, 13 * mm),
                parrafo("_" * 34, e.firma),
                parrafo(firmas[papel]["nombre"] or " ", e.firma_nombre),
                parrafo(firmas[papel]["cargo"] or " ", e.firma),
            ]
            for papel, titulo in PAPELES
        ]
        firma = Table([casillas], colWidths=[self.util / 3] * 3)
        firma.setStyle([("VALIGN", (0, 0), (-1, -1), "TOP")])
        fecha = fecha_larga(self.datos["hecho_en"], con_ejercicio=True)
        partes: list[Flowable] = [Spacer(0, 6 * mm), parrafo(f"Hecho el {fecha}.", e.texto), Spacer(0, 4 * mm), firma]
        if self.datos["membrete"].get("pie"):
            partes.append(parrafo(self.datos["membrete"]["pie"], e.nota))
        yield KeepTogether(partes)


def _logo(en_base64: str | None) -> Image | None:
    if not en_base64:
        return None
    imagen = Image(BytesIO(base64.b64decode(en_base64)))
    imagen.drawHeight, imagen.drawWidth = ALTO_LOGO, min(ALTO_LOGO * imagen.imageWidth / imagen.imageHeight, 60 * mm)
    return imagen
