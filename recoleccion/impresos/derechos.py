"""Lo que dicen los papeles de una solicitud ARCO y de la conservación. Cómo se dibujan: ``acta.py``."""

from collections.abc import Mapping, Sequence
from typing import Any

from recoleccion.fechas import fecha_larga, hora_larga, plural

from .acta import Papel, Seccion

DERECHOS = {
    "acceso": "Acceso: saber qué datos suyos se tienen",
    "rectificacion": "Rectificación: corregir un dato suyo",
    "cancelacion": "Cancelación: que se borren sus datos",
    "oposicion": "Oposición: que sus datos no se usen",
}
VIAS = {
    "persona": "En persona",
    "representante": "Por su representante",
    "transparencia": "Por la Unidad de Transparencia",
}
RESPUESTAS = {
    "procede": "Procede",
    "en_parte": "Procede en parte",
    "no_procede": "No procede",
    "sin_datos": "No se hallaron datos suyos",
    "desistida": "La persona se desistió o no completó lo que faltaba",
}
_NO_SE_JUNTA = (
    "Las encuestas son anónimas: no se juntan con la lista y nadie puede saber cuáles contestó usted: aquí no va "
    "ninguna. Las hojas firmadas en papel las guarda el archivo de la oficina."
)


def acuse(oficina: str, solicitud: Mapping[str, Any], limite: str, dias: int) -> Papel:
    """El que se lleva quien pide. Sin su nombre: ella sabe cuál es su folio."""
    return Papel(
        oficina=oficina,
        titulo="Acuse de solicitud de derechos ARCO",
        datos=[
            ("Folio", solicitud["folio"]),
            ("Derecho", DERECHOS[solicitud["derecho"]]),
            ("Se recibió el", fecha_larga(solicitud["recibida_el"], con_ejercicio=True)),
            ("Cómo llegó", VIAS[solicitud["via"]]),
            ("Se contesta a más tardar el", fecha_larga(limite, con_ejercicio=True)),
        ],
        secciones=[
            Seccion(
                "Qué sigue",
                [
                    f"Tenemos {plural(dias, 'día hábil', 'días hábiles')} para contestarle, contados desde el día "
                    "siguiente al que se recibió. Si falta algún dato o papel se lo pediremos en los primeros días, y "
                    "el plazo empieza otra vez cuando lo traiga. Si necesitamos más tiempo, una vez, le diremos por "
                    "qué.",
                    "Para preguntar cómo va, basta este folio. Guarde esta hoja: al recoger la respuesta se le pedirá "
                    "identificarse. El trámite no tiene costo.",
                    "Si no le contestamos o no está de acuerdo, puede inconformarse ante la autoridad garante; en la "
                    "Unidad de Transparencia le dicen cómo.",
                ],
            )
        ],
        firmas=["Quien la recibió"],
        pie=f"Solicitud {solicitud['folio']}",
    )


def entrega(
    oficina: str,
    solicitud: Mapping[str, Any],
    filas: Sequence[Mapping[str, Any]],
    etiqueta: Any,
    hoy: str,
    conserva: int,
) -> Papel:
    """Todo lo que se tiene de ella. ``filas``: :func:`.derechos_datos.suyos`; ``etiqueta``: la de los catálogos."""
    secciones = [
        Seccion(
            f"{numero}. {fila['titulo']}",
            tabla=[
                ("Dato", "Lo que está guardado"),
                ("Nombre", fila["nombre"] or "(no está guardado)"),
                ("Teléfono", fila["telefono"] or "(no está guardado)"),
                ("Sexo", etiqueta("sexo", fila["sexo"])),
                ("Grupo de edad", etiqueta("edad", fila["edad"])),
                ("De dónde viene", etiqueta("procedencia", fila["procedencia"])),
                ("Dónde y cuándo", _donde_y_cuando(fila)),
                ("Se guardó el", _dia_y_hora(fila["recibido_en"])),
                ("Tarjeta", fila["folio"] or "No"),
                ("Aviso de privacidad", f"Versión {fila['aviso_version']}"),
                ("Se cuenta", _se_cuenta(fila)),
                ("Hasta cuándo se guarda el nombre",
                 "Hasta que se revise" if fila.get("apartado") == "espera"
                 else f"31 de diciembre de {int(fila['fecha'][:4]) + conserva}"),
            ],
            anchos=(0.34, 0.66),
        )
        for numero, fila in enumerate(filas, 1)
    ]  # fmt: skip
    return Papel(
        oficina=oficina,
        titulo="Sus datos personales",
        datos=[
            ("Folio", solicitud["folio"]),
            ("Fecha", fecha_larga(hoy, con_ejercicio=True)),
            ("Registros", plural(len(filas), "registro", "registros")),
        ],
        secciones=[
            Seccion(parrafos=["Para qué se usan: comprobar la asistencia a las actividades de la oficina y dar cuentas "
                              "de ellas con cantidades, sin nombres. No se dieron a nadie fuera de ella."]),
            *secciones,
            Seccion("Lo que no está aquí", [_NO_SE_JUNTA]),
        ],
        firmas=["Quien entrega", "Quien recibe"],
        pie=f"Solicitud {solicitud['folio']} · confidencial: sólo para la persona titular de los datos",
    )  # fmt: skip


def _dia_y_hora(cuando: str) -> str:
    """De lo apartado sólo se guarda el día."""
    dia = fecha_larga(cuando[:10], con_ejercicio=True)
    return f"{dia}, {hora_larga(cuando)}" if len(cuando) > len("2026-11-25") else dia


def _donde_y_cuando(fila: Mapping[str, Any]) -> str:
    dia = fecha_larga(fila["fecha"], con_ejercicio=True)
    return f"{fila['sede']}, {dia}" if fila["sede"] else f"(no se sabe; llegó el {dia})"


def _se_cuenta(fila: Mapping[str, Any]) -> str:
    if fila.get("apartado"):
        return "Todavía no: espera revisión" if fila["apartado"] == "espera" else "No: se descartó"
    return "No: se anuló" if fila["anulada"] else "Sí"


def de_borrado(oficina: str, acta: Mapping[str, Any]) -> Papel:
    """El acta de lo que se borró, por conservación o por una solicitud. ``acta``: :func:`.actas.leer`."""
    datos = acta["datos"]
    arco = acta["clase"] == "arco"
    cuadro = [
        ("Fecha y hora", _dia_y_hora(datos["hecha_en"])),
        ("Quién lo hizo", datos["hecha_por"]),
        *([("Solicitud", datos["folio"])] if arco else [("Programa", str(datos["anio"]))]),
        ("Nombres y teléfonos", plural(datos["nombres"], "registro", "registros")),
    ]
    if not arco:
        cuadro += [
            ("Fotos de listas", plural(datos["hojas"], "foto", "fotos")),
            ("Se guardaban hasta el", fecha_larga(f"{datos['hasta']}-12-31", con_ejercicio=True)),
        ]
    tabla = [("Actividad", "Fecha", "Registros")]
    tabla += [(e["titulo"], fecha_larga(e["fecha"], con_ejercicio=True), str(e["nombres"])) for e in datos["eventos"]]
    return Papel(
        oficina=oficina,
        titulo="Acta de supresión de datos personales",
        datos=cuadro,
        secciones=[
            Seccion("Qué se hizo", [
                "Se borraron del sistema los nombres y teléfonos que aquí se cuentan y la llave de cada uno."
                " El archivo de la base se reescribió. Los respaldos de antes ya no los abren, tampoco con la "
                "frase ni con el código de recuperación, porque esas llaves no van en ellos.",
                "Las cantidades (sexo, grupo de edad, procedencia) se conservan: no dicen de quién son. Ningún informe "
                "cambió. Las listas firmadas en papel siguen las reglas del archivo.",
            ]),
            Seccion("De qué actividades", tabla=tabla, anchos=(0.48, 0.38, 0.14)) if datos["eventos"] else Seccion(),
        ],
        codigos=[
            f"Huella SHA-256 de esta acta: {acta['huella']}",
            f"Cabeza de la bitácora: {datos['bitacora'] or 'ninguna'}",
        ],
        firmas=["Quien lo hizo", "Testigo", "Vo. Bo."],
        pie="Acta de supresión · no dice de quién eran los datos",
    )  # fmt: skip
