"""De los datos guardados a lo que se lee: los mismos textos para la página y el PDF, y el significado del semáforo."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..fechas import fecha_corta, numero, numero_exacto, plural
from .menores import RESERVADO

SIN_META = "Sin definir"
SIN_EDAD = "Sin dato de edad"
"""En una línea: quien prefirió no decirla y lo anotado en actividades, que no la trae."""
SEMAFORO = {
    "verde": "Verde",
    "amarillo": "Amarillo",
    "rojo": "Rojo",
    "al_cierre": "Al cerrar el año",
    "sin_programar": "Sin programar",
    "sin_meta": "Sin meta",
}
"""Lo que dice en palabras; el color y la figura sólo lo acompañan."""
LOCALIDADES = 12
"""Las que se nombran en el renglón de una línea; todas están en los datos y en el cuadro de localidades."""
REGLAS = (
    "Una asistencia no es una persona distinta: quien vino a tres pláticas cuenta tres.",
    "Un evento puede contar en varias líneas: las líneas no se suman entre sí.",
    "El alcance en redes va aparte y no es población beneficiada.",
)


@dataclass(frozen=True)
class Renglon:
    """Una línea del programa como se lee; cada campo es un texto ya escrito."""

    clave: str
    actividad: str
    indicador: str
    unidad: str
    meta_anual: str
    trimestres: tuple[tuple[str, str], ...]
    """Programado y realizado de cada trimestre del informe."""
    acumulado: str
    programado_acumulado: str
    porcentaje: str
    semaforo: str
    """Clave de :data:`SEMAFORO`."""
    mujeres: str
    hombres: str
    no_especificado: str
    total: str
    edades: str
    localidades: str
    justificacion: str
    evidencia: str

    @property
    def palabra(self) -> str:
        return SEMAFORO[self.semaforo]


def renglones(datos: Mapping[str, Any]) -> list[Renglon]:
    """Los de un informe trimestral o anual, en el orden del programa."""
    edades = dict(datos["edades"]) | {"nd": SIN_EDAD}
    return [_renglon(datos, linea, edades) for linea in datos["lineas"]]


def _renglon(datos: Mapping[str, Any], linea: Mapping[str, Any], edades: Mapping[str, str]) -> Renglon:
    gente = linea["poblacion"]
    reservado = gente["total"] and gente["mujeres"] is None
    return Renglon(
        clave=linea["clave"],
        actividad=_recortado(linea["texto"], 600),
        indicador=_recortado(linea["indicador"] or SIN_META, 300),
        unidad=_recortado(linea["unidad"] or SIN_META, 100),
        meta_anual=_o(linea["meta_anual"], SIN_META),
        trimestres=tuple(
            (_o(linea["programado"][t - 1], "—"), numero_exacto(linea["realizado"][t - 1])) for t in datos["trimestres"]
        ),
        acumulado=numero_exacto(linea["acumulado"]),
        programado_acumulado=_o(linea["programado_acumulado"], "—"),
        porcentaje=porcentaje(linea["porcentaje"]),
        semaforo=semaforo(linea),
        mujeres=_o(gente["mujeres"], "*"),
        hombres=_o(gente["hombres"], "*"),
        no_especificado=_o(gente["no_especificado"], "*"),
        total=numero(gente["total"]),
        edades=f"* {RESERVADO}"
        if reservado
        else "; ".join(
            f"{etiqueta}: {numero(gente['por_edad'][clave])}"
            for clave, etiqueta in edades.items()
            if gente["por_edad"].get(clave)
        )
        or "—",
        localidades=_localidades(linea["localidades"]),
        justificacion=datos.get("justificaciones", {}).get(linea["clave"], "") or "—",
        evidencia=_evidencia(linea),
    )


def _recortado(texto: str, largo: int) -> str:
    """Lo que cabe en una casilla de una hoja; entero está en los datos."""
    return texto if len(texto) <= largo else f"{texto[: largo - 1].rstrip()}…"


def _localidades(todas: Sequence[tuple[str, int]]) -> str:
    dichas = [f"{nombre}: {numero(n)}" for nombre, n in todas[:LOCALIDADES]]
    if demas := todas[LOCALIDADES:]:
        dichas.append(f"y {plural(len(demas), 'localidad más', 'localidades más')}: {numero(sum(n for _, n in demas))}")
    return "; ".join(dichas) or "—"


def _o(valor: float | None, nada: str) -> str:
    return nada if valor is None else numero_exacto(valor)


def porcentaje(valor: float | None) -> str:
    """«89.9 %»; una raya si no hay con qué comparar."""
    return "—" if valor is None else f"{valor:,.1f} %"


def semaforo(linea: Mapping[str, Any]) -> str:
    """La clave de :data:`SEMAFORO`: el color o por qué no lo hay."""
    if linea["semaforo"]:
        return str(linea["semaforo"])
    if linea["porcentaje"] is not None:
        return "al_cierre"
    return "sin_meta" if linea["meta_anual"] is None and linea["programado_acumulado"] is None else "sin_programar"


def _evidencia(linea: Mapping[str, Any]) -> str:
    partes = []
    if linea["eventos"]:
        partes.append(plural(linea["eventos"], "evento", "eventos"))
    if linea["listas"]:
        partes.append(plural(linea["listas"], "lista de asistencia", "listas de asistencia"))
    if linea["fotos"]:
        partes.append(plural(linea["fotos"], "foto", "fotos"))
    if linea["actividades"]:
        partes.append(plural(linea["actividades"], "actividad anotada", "actividades anotadas"))
    if linea["base"]:
        partes.append(f"de un total de {numero(linea['base'])}")
    if linea["alcance"]:
        partes.append(f"alcance en redes, aparte: {numero(linea['alcance'])}")
    return "; ".join(partes) or "—"


def cuadro_de_poblacion(datos: Mapping[str, Any]) -> list[tuple[str, str, str, str, str]]:
    """Edad, mujeres, hombres, no especificado y total; el último renglón es el total."""
    gente, etiquetas = datos["poblacion"], dict(datos["edades"])
    filas = [
        (etiquetas[clave], numero(m), numero(h), numero(n), numero(m + h + n)) for clave, m, h, n in gente["edades"]
    ]
    totales = (gente["mujeres"], gente["hombres"], gente["no_especificado"], gente["total"])
    return [*filas, ("Total", *(numero(n) for n in totales))]


def faltan_por_justificar(datos: Mapping[str, Any]) -> list[str]:
    """Las líneas en amarillo o rojo sin una palabra de por qué."""
    dichas = datos.get("justificaciones", {})
    return [
        linea["clave"]
        for linea in datos.get("lineas", ())
        if linea["semaforo"] in ("amarillo", "rojo") and not dichas.get(linea["clave"])
    ]


def leyenda_del_corte(datos: Mapping[str, Any]) -> str:
    """De qué día a qué día se contó, y si el periodo no había terminado."""
    dicho = f"Del {fecha_corta(datos['desde'])} al {fecha_corta(datos['hasta'])}"
    if datos["clase"] == "especial":
        dicho = f"Eventos de {datos['ejercicio']} marcados con la efeméride, hasta el {fecha_corta(datos['corte'])}"
    if datos["corte"] < datos["hasta"]:
        return f"{dicho}. Con corte al {fecha_corta(datos['corte'])}: el periodo no había terminado."
    return f"{dicho}."


def leyenda_del_semaforo(umbrales: Sequence[int]) -> str:
    verde, amarillo = umbrales
    return (
        f"Semáforo: verde, {verde} % o más de lo programado; amarillo, de {amarillo} % a menos de {verde} %;"
        f" rojo, menos de {amarillo} %."
    )
