"""Cada defecto y cada aviso de un instrumento recién leído, en la fila y la columna de la hoja que lo causan."""

from typing import Protocol

from formularios import formulas, huecos
from formularios.instrumento import Instrumento
from formularios.invariantes import defectos
from formularios.xlsform.celdas import apariencia_en_su_lugar
from formularios.xlsform.lectura import Fila
from formularios.xlsform.opciones import ListaLeida
from formularios.xlsform.pagina import Pagina

_COLUMNA = {"inicio": "parametros", "archivo": "tipo", "opciones": "tipo", "traducciones": "texto"}


class Leido(Protocol):
    """Lo que se sabe de dónde estaba cada cosa."""

    survey: Pagina
    choices: Pagina
    settings: Pagina
    filas: dict[str, Fila]
    """Por pregunta o grupo."""
    listas: dict[str, ListaLeida]
    listas_de: dict[str, str]
    """La lista de cada pregunta."""


def defectos_de(instrumento: Instrumento, leido: Leido) -> bool:
    """Los anota; dice si hubo."""
    hubo = False
    de_archivo = {p.archivo: p.clave for p in instrumento.preguntas if p.archivo is not None}
    for defecto in defectos(instrumento):
        hubo = True
        frase = _frase(defecto.frase)
        clave = de_archivo.get(defecto.clave, defecto.clave)
        fila = leido.filas.get(clave)
        lista = leido.listas.get(leido.listas_de.get(clave, ""))
        if defecto.opcion is not None and lista is not None:
            campo = "clave" if "clave" in frase else "texto"
            fila = lista.filas.get(defecto.opcion)
            leido.choices.problema(fila, campo, frase, "Corrija esa opción.", idioma=defecto.idioma)
        elif defecto.opcion is not None:
            frase = f"En «{defecto.clave}», opción «{defecto.opcion}»: {frase}"
            leido.survey.problema(fila, "tipo", frase, "Corrija el archivo de las opciones.")
        elif not clave:
            leido.settings.problema(None, defecto.campo, frase, "Corríjalo en la hoja settings.")
        else:
            campo = _COLUMNA.get(defecto.campo, defecto.campo)
            leido.survey.problema(fila, campo, frase, _que_escribir(defecto.campo), idioma=defecto.idioma)
    return hubo


def avisos_de(instrumento: Instrumento, leido: Leido) -> None:
    survey = leido.survey
    for clave, campo, frase in (*formulas.avisos(instrumento), *huecos.avisos(instrumento)):
        survey.aviso(leido.filas.get(clave), campo, frase, "")
    for pregunta in instrumento.preguntas:
        fila = leido.filas[pregunta.clave]
        if pregunta.tipo == "texto" and not pregunta.privada:
            que_pasa = f"El texto libre «{pregunta.clave}» no es privado: solo se pregunta en teléfonos de la oficina."
            que_escribir = "Para que lo conteste la asistente, escriba si en bind::jornada:privada."
            survey.aviso(fila, "privada", que_pasa, que_escribir)
        if pregunta.con_campo and pregunta.indicador is None and pregunta.demografica is None:
            que_escribir = "Dígalo en bind::jornada:indicador, o no la pregunte."
            survey.aviso(fila, "indicador", f"Ningún indicador usa «{pregunta.clave}».", que_escribir)
        if pregunta.calculo and pregunta.tipo != "calculo":
            que_pasa = f"«{pregunta.clave}» tiene calculation: se calcula y nadie puede cambiarla."
            survey.aviso(fila, "calculo", que_pasa, "")


def _que_escribir(campo: str) -> str:
    if campo == "clave":
        return "Póngale otro nombre, por ejemplo edad_hijos."
    if campo == "apariencia":
        return apariencia_en_su_lugar("")
    if campo in formulas.CAMPOS_DE_PREGUNTA or campo == "veces":
        return "Corríjala; las funciones y ejemplos están en formularios/README.md."
    return "Corrija esa celda."


def _frase(frase: str) -> str:
    frase = frase[:1].upper() + frase[1:]
    return frase if frase.endswith((".", "?")) else f"{frase}."
