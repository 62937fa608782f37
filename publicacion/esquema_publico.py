"""El esquema de ``publica.db``, que es también una página pública: de aquí salen tablas, diccionario y metadatos.

Lo que no está aquí no se publica: la prueba de bytes compara el archivo con esta lista.
"""

from dataclasses import dataclass

SQL_N = "INTEGER CHECK (n IS NULL OR (n >= 10 AND n % 5 = 0))"


@dataclass(frozen=True)
class Columna:
    tipo: str
    descripcion: str
    unidad: str = ""


@dataclass(frozen=True)
class Tabla:
    titulo: str
    descripcion: str
    llave: tuple[str, ...]
    columnas: dict[str, Columna]
    auxiliar: bool = False
    """Etiquetas y apoyo: en la portada van al final."""
    nuevas: tuple[str, ...] = ()
    """Columnas que un libro de antes no trae: en sus renglones van vacías."""


@dataclass(frozen=True)
class Vista:
    titulo: str
    descripcion: str
    sql: str
    columnas: dict[str, str]


_LOTE = Columna("TEXT NOT NULL", "Corte publicado: un trimestre (2026-T4) o un mes (2026-11). No vuelve a calcularse.")
_EJE = Columna("TEXT NOT NULL", "Cómo se agrupa: en total, por sexo, por edad, por zona, por programa o dos a la vez.")
_GRUPO = Columna("TEXT NOT NULL", "Grupo dentro del eje; el orden es el del eje: en «sexo+edad», «M+18-29».")
_ORDEN = Columna("INTEGER NOT NULL", "Lugar en que se muestra.")
_PROTEGIDO = "Vacío cuando no se puede mostrar; vacío no quiere decir cero."
_ASISTENCIAS = Columna(
    SQL_N,
    f"Asistencias (no personas distintas), a un múltiplo vecino de 5. {_PROTEGIDO}",
    "asistencias",
)
_CONTESTACIONES = Columna(SQL_N, f"Contestaciones, a un múltiplo vecino de 5. {_PROTEGIDO}", "contestaciones")
_INSTRUMENTO = Columna("TEXT NOT NULL", "Encuesta: antes, despues, satisfaccion, reconocer.")
_PREGUNTA = Columna("TEXT NOT NULL", "Clave de la pregunta; su texto está en la tabla pregunta.")

TABLAS: dict[str, Tabla] = {
    "asistencia_cubo": Tabla(
        "Asistencias",
        "Cuántas asistencias hubo en cada lote, por sexo, edad, zona y programa.",
        ("lote", "eje", "grupo"),
        {"lote": _LOTE, "eje": _EJE, "grupo": _GRUPO, "n": _ASISTENCIAS},
    ),
    "respuesta_cubo": Tabla(
        "Respuestas de las encuestas",
        "Qué se contestó en las encuestas anónimas. Un grupo se muestra con 30 contestaciones o más"
        " y ninguna opción con menos de 10.",
        ("lote", "eje", "grupo", "instrumento", "pregunta", "respuesta"),
        {
            "lote": _LOTE,
            "eje": _EJE,
            "grupo": _GRUPO,
            "instrumento": _INSTRUMENTO,
            "pregunta": _PREGUNTA,
            "respuesta": Columna(
                "TEXT NOT NULL", "Opción, o varias juntas («regular|mala») si por separado no se pueden mostrar."
            ),
            "n": _CONTESTACIONES,
        },
    ),
    "cambio_cubo": Tabla(
        "Cambio entre antes y después",
        "De quienes contestaron antes y después de la plática con la misma ficha, cuántas mejoraron,"
        " quedaron igual o bajaron.",
        ("lote", "eje", "grupo", "pregunta", "cambio"),
        {
            "lote": _LOTE,
            "eje": _EJE,
            "grupo": _GRUPO,
            "pregunta": _PREGUNTA,
            "cambio": Columna(
                "TEXT NOT NULL", "mejor, igual o peor; «igual|peor» cuando por separado no se pueden mostrar."
            ),
            "n": _CONTESTACIONES,
        },
    ),
    "poa": Tabla(
        "Programa operativo anual",
        "Lo hecho en cada línea del POA. Las líneas no se suman entre sí: un evento puede contar en varias.",
        ("lote", "ejercicio", "linea"),
        {
            "lote": _LOTE,
            "ejercicio": Columna("INTEGER NOT NULL", "Año del programa.", "año"),
            "linea": Columna("TEXT NOT NULL", "Clave de la línea: M1 a M6 son metas; A1 a A10, acciones."),
            "orden": _ORDEN,
            "tipo": Columna("TEXT NOT NULL", "meta o accion."),
            "texto": Columna("TEXT NOT NULL", "Texto de la línea como está en el POA."),
            "indicador": Columna("TEXT", "Con qué se mide; vacío si no está definido."),
            "unidad": Columna("TEXT", "Unidad de medida del indicador; vacía si no está definida."),
            "meta_anual": Columna("REAL", "Meta del año, en la unidad de la línea; vacía si está sin definir."),
            "programado": Columna(
                "REAL", "Programado para el trimestre, en la unidad de la línea; vacío si está sin definir."
            ),
            "eventos": Columna(
                "INTEGER NOT NULL", "Eventos hechos en el periodo que cuentan para la línea.", "eventos"
            ),
            "asistencias": Columna(
                "INTEGER CHECK (asistencias IS NULL OR asistencias >= 10)",
                "Asistencias exactas, sólo desde 10. Vacío no quiere decir cero.",
                "asistencias",
            ),
        },
    ),
    "evento_resumen": Tabla(
        "Eventos por mes",
        "Eventos y asistencias por mes, programa y zona.",
        ("lote", "mes", "programa", "zona"),
        {
            "lote": _LOTE,
            "mes": Columna("TEXT NOT NULL", "Mes, AAAA-MM.", "mes"),
            "programa": Columna("TEXT NOT NULL", "Programa de la oficina."),
            "zona": Columna("TEXT NOT NULL", "Zona donde fue el evento."),
            "eventos": Columna("INTEGER NOT NULL", "Eventos hechos.", "eventos"),
            "n": _ASISTENCIAS,
        },
    ),
    "lote": Tabla(
        "Lotes publicados",
        "Cada corte se publica una vez y no se vuelve a calcular; lo que llega tarde entra en el siguiente.",
        ("lote",),
        {
            "lote": _LOTE,
            "etiqueta": Columna("TEXT NOT NULL", "Periodo en palabras."),
            "desde": Columna("TEXT NOT NULL", "Primer día del periodo.", "fecha"),
            "hasta": Columna("TEXT NOT NULL", "Último día del periodo.", "fecha"),
            "publicado_el": Columna("TEXT NOT NULL", "Día en que se publicó.", "fecha"),
        },
    ),
    "reglas": Tabla(
        "Reglas de protección",
        "Los parámetros con que se protegió cada lote.",
        ("lote", "regla"),
        {
            "lote": _LOTE,
            "regla": Columna("TEXT NOT NULL", "Nombre del parámetro."),
            "valor": Columna("TEXT NOT NULL", "Su valor."),
            "explicacion": Columna("TEXT NOT NULL", "Qué quiere decir."),
        },
    ),
    "diccionario": Tabla(
        "Diccionario de datos",
        "Qué quiere decir cada columna y en qué unidad está.",
        ("tabla", "columna"),
        {
            "tabla": Columna("TEXT NOT NULL", "Tabla o vista."),
            "columna": Columna("TEXT NOT NULL", "Columna."),
            "orden": _ORDEN,
            "descripcion": Columna("TEXT NOT NULL", "Qué quiere decir."),
            "unidad": Columna("TEXT NOT NULL", "Unidad; vacía si no tiene."),
        },
    ),
    "eje": Tabla(
        "Ejes",
        "Nombres de las formas de agrupar.",
        ("eje",),
        {"eje": _EJE, "orden": _ORDEN, "etiqueta": Columna("TEXT NOT NULL", "Nombre del eje.")},
        auxiliar=True,
    ),
    "grupo": Tabla(
        "Grupos",
        "Nombres de los grupos de cada eje.",
        ("eje", "grupo"),
        {
            "eje": _EJE,
            "grupo": _GRUPO,
            "orden": _ORDEN,
            "etiqueta": Columna("TEXT NOT NULL", "Nombre del grupo."),
            "sexo": Columna("TEXT", "Sexo del grupo; vacío si el eje no lo separa."),
            "edad": Columna("TEXT", "Edad del grupo; vacía si el eje no la separa.", "años cumplidos"),
            "zona": Columna("TEXT", "Zona del grupo; vacía si el eje no la separa."),
            "programa": Columna("TEXT", "Programa del grupo; vacío si el eje no lo separa."),
        },
        auxiliar=True,
    ),
    "categoria": Tabla(
        "Categorías",
        "Nombres de sexos, edades, zonas, programas, meses y cambios.",
        ("dimension", "clave"),
        {
            "dimension": Columna("TEXT NOT NULL", "sexo, edad, zona, programa, mes o cambio."),
            "clave": Columna("TEXT NOT NULL", "Clave usada en las tablas."),
            "orden": _ORDEN,
            "etiqueta": Columna("TEXT NOT NULL", "Nombre para leer."),
        },
        auxiliar=True,
    ),
    "pregunta": Tabla(
        "Preguntas",
        "Texto de las preguntas de las encuestas.",
        ("instrumento", "pregunta"),
        {
            "instrumento": _INSTRUMENTO,
            "pregunta": _PREGUNTA,
            "orden": _ORDEN,
            "encuesta": Columna("TEXT NOT NULL", "Título de la encuesta."),
            "texto": Columna("TEXT NOT NULL", "La pregunta, como se hizo."),
            "tipo": Columna(
                "TEXT", "una: se elige una opción y los porcentajes suman 100; varias: se pueden marcar varias."
            ),
        },
        auxiliar=True,
        nuevas=("tipo",),
    ),
    "respuesta": Tabla(
        "Opciones de respuesta",
        "Texto de las opciones de cada pregunta.",
        ("instrumento", "pregunta", "respuesta"),
        {
            "instrumento": _INSTRUMENTO,
            "pregunta": _PREGUNTA,
            "respuesta": Columna("TEXT NOT NULL", "Clave de la opción o de varias juntas."),
            "orden": _ORDEN,
            "etiqueta": Columna("TEXT NOT NULL", "Texto de la opción."),
            "correcta": Columna(
                "INTEGER", "1 si es la respuesta correcta, 0 si no; vacío si la pregunta no tiene correcta."
            ),
        },
        auxiliar=True,
    ),
}
"""En el orden en que se crean y se muestran."""


def _de_asistencias(eje: str, titulo: str, que: tuple[str, ...]) -> tuple[str, Vista]:
    nombre = "asistencias_" + ("en_total" if eje == "total" else "por_" + "_y_".join(que))
    separan = "".join(f" g.{d}," for d in que)
    columnas = {"lote": "Periodo", **{d: d.capitalize() for d in que}, "asistencias": _ASISTENCIAS.descripcion}
    return nombre, Vista(
        titulo,
        f"{titulo}, en cada lote. {_PROTEGIDO}",
        f"SELECT l.etiqueta AS lote,{separan} a.n AS asistencias FROM asistencia_cubo a"  # noqa: S608
        " JOIN lote l ON l.lote = a.lote JOIN grupo g ON g.eje = a.eje AND g.grupo = a.grupo"
        f" WHERE a.eje = '{eje}' ORDER BY l.desde DESC, a.lote, g.orden",
        columnas,
    )


VISTAS: dict[str, Vista] = {
    **dict(
        _de_asistencias(eje, titulo, tuple(eje.split("+")) if eje != "total" else ())
        for eje, titulo in {
            "total": "Asistencias en total",
            "sexo": "Asistencias por sexo",
            "edad": "Asistencias por edad",
            "zona": "Asistencias por zona",
            "programa": "Asistencias por programa",
            "sexo+edad": "Asistencias por sexo y edad",
            "sexo+zona": "Asistencias por sexo y zona",
            "edad+zona": "Asistencias por edad y zona",
            "programa+sexo": "Asistencias por programa y sexo",
        }.items()
    ),
    "eventos_por_mes": Vista(
        "Eventos por mes, programa y zona",
        f"Eventos y asistencias de cada mes. {_PROTEGIDO}",
        "SELECT l.etiqueta AS lote, m.etiqueta AS mes, p.etiqueta AS programa, z.etiqueta AS zona, e.eventos,"
        " e.n AS asistencias FROM evento_resumen e JOIN lote l ON l.lote = e.lote"
        " JOIN categoria m ON m.dimension = 'mes' AND m.clave = e.mes"
        " JOIN categoria p ON p.dimension = 'programa' AND p.clave = e.programa"
        " JOIN categoria z ON z.dimension = 'zona' AND z.clave = e.zona ORDER BY e.mes DESC, p.orden, z.orden",
        {
            "lote": "Periodo",
            "mes": "Mes",
            "programa": "Programa",
            "zona": "Zona",
            "eventos": "Eventos hechos",
            "asistencias": _ASISTENCIAS.descripcion,
        },
    ),
    "respuestas_por_pregunta": Vista(
        "Respuestas por pregunta",
        f"Lo que se contestó en las encuestas, con sus textos. {_PROTEGIDO}",
        "SELECT l.etiqueta AS lote, p.encuesta, p.texto AS pregunta, o.etiqueta AS respuesta, g.etiqueta AS grupo,"
        " r.n AS contestaciones FROM respuesta_cubo r JOIN lote l ON l.lote = r.lote"
        " JOIN pregunta p ON p.instrumento = r.instrumento AND p.pregunta = r.pregunta"
        " JOIN respuesta o ON o.instrumento = r.instrumento AND o.pregunta = r.pregunta AND o.respuesta = r.respuesta"
        " JOIN eje e ON e.eje = r.eje JOIN grupo g ON g.eje = r.eje AND g.grupo = r.grupo"
        " WHERE r.n IS NOT NULL OR r.respuesta NOT LIKE '%|%'"
        " ORDER BY l.desde DESC, r.lote, p.orden, e.orden, g.orden, o.orden",
        {
            "lote": "Periodo",
            "encuesta": "Encuesta",
            "pregunta": "Pregunta, como se hizo",
            "respuesta": "Opción, o varias juntas",
            "grupo": "Quiénes contestaron",
            "contestaciones": _CONTESTACIONES.descripcion,
        },
    ),
    "cambios_por_pregunta": Vista(
        "Cambio por pregunta",
        f"Cuántas mejoraron, quedaron igual o bajaron después de la plática. {_PROTEGIDO}",
        "SELECT l.etiqueta AS lote, p.texto AS pregunta, k.etiqueta AS cambio, g.etiqueta AS grupo,"
        " c.n AS contestaciones FROM cambio_cubo c JOIN lote l ON l.lote = c.lote"
        " JOIN pregunta p ON p.instrumento = 'antes' AND p.pregunta = c.pregunta"
        " JOIN categoria k ON k.dimension = 'cambio' AND k.clave = c.cambio"
        " JOIN eje e ON e.eje = c.eje JOIN grupo g ON g.eje = c.eje AND g.grupo = c.grupo"
        " WHERE c.n IS NOT NULL OR c.cambio NOT LIKE '%|%'"
        " ORDER BY l.desde DESC, c.lote, p.orden, e.orden, g.orden, k.orden",
        {
            "lote": "Periodo",
            "pregunta": "Pregunta, como se hizo",
            "cambio": "Qué pasó entre antes y después",
            "grupo": "Quiénes contestaron",
            "contestaciones": _CONTESTACIONES.descripcion,
        },
    ),
    "lineas_del_poa": Vista(
        "Líneas del POA",
        "Lo hecho en cada línea del programa operativo anual. Las líneas no se suman entre sí.",
        "SELECT l.etiqueta AS lote, p.linea, p.texto, p.indicador, p.unidad, p.meta_anual, p.programado, p.eventos,"
        " p.asistencias FROM poa p JOIN lote l ON l.lote = p.lote ORDER BY l.desde DESC, p.lote, p.ejercicio, p.orden",
        {"lote": "Periodo"}
        | {
            c: TABLAS["poa"].columnas[c].descripcion
            for c in ("linea", "texto", "indicador", "unidad", "meta_anual", "programado", "eventos", "asistencias")
        },
    ),
}


def sentencias() -> list[str]:
    """``CREATE TABLE`` y ``CREATE VIEW`` del archivo público, en orden."""
    tablas = [
        f"CREATE TABLE {nombre} ("
        + ", ".join(f"{columna} {c.tipo}" for columna, c in tabla.columnas.items())
        + f", PRIMARY KEY ({', '.join(tabla.llave)})) WITHOUT ROWID"
        for nombre, tabla in TABLAS.items()
    ]
    return tablas + [f"CREATE VIEW {nombre} AS {vista.sql}" for nombre, vista in VISTAS.items()]


def diccionario() -> list[tuple[str, str, int, str, str]]:
    """Los renglones de la tabla ``diccionario``."""
    filas = [
        (nombre, columna, orden, c.descripcion, c.unidad)
        for nombre, tabla in TABLAS.items()
        for orden, (columna, c) in enumerate(tabla.columnas.items())
    ]
    return filas + [
        (nombre, columna, orden, descripcion, "")
        for nombre, vista in VISTAS.items()
        for orden, (columna, descripcion) in enumerate(vista.columnas.items())
    ]
