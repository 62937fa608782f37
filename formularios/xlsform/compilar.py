"""De las hojas al modelo: cada fila de ``survey`` es una pregunta, o abre o cierra un grupo.

Aquí se lee. Lo que un instrumento debe cumplir lo dice ``formularios/invariantes.py``, y ``en_su_lugar`` lo lleva a su
fila y su columna.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import InvalidOperation
from typing import Any

from formularios import formulas
from formularios.instrumento import Grupo, Instrumento, Lista, Mapa, Opcion, Pregunta
from formularios.invariantes import OPCIONES_PUBLICABLES, PREGUNTAS_MAXIMAS
from formularios.valores import uno
from formularios.xlsform import ajustes, en_su_lugar, idiomas, opciones, tipos
from formularios.xlsform.celdas import Celdas
from formularios.xlsform.lectura import Fila, Libro
from formularios.xlsform.opciones import ListaLeida
from formularios.xlsform.pagina import Anotaciones, Pagina
from formularios.xlsform.reporte import Problema

OTRA = "other"
"""La clave de la opción que agrega ``or_other``, como en el estándar."""
_TEXTO_OTRA, _CUAL = "Otra", "¿Cuál?"
MAXIMO_PRIVADO = 200
SEGUNDOS_POR_PREGUNTA = 15


@dataclass
class _Abierto:
    """Un grupo abierto: su fila y lo que va adentro, para saber si quedó vacío."""

    grupo: Grupo
    fila: Fila
    repite: bool


@dataclass
class Compilador:
    """``hojas`` de un libro a ``Instrumento``; lo que no se puede queda en ``notas``."""

    libro: Libro
    nombre: str
    adjuntos: Mapping[str, bytes]
    notas: Anotaciones = field(default_factory=Anotaciones)

    def __post_init__(self) -> None:
        hojas = self.libro.hojas
        self.survey = Pagina("survey", hojas.get("survey"), self.notas)
        self.choices = Pagina("choices", hojas.get("choices"), self.notas)
        self.settings = Pagina("settings", hojas.get("settings"), self.notas)
        self.preguntas: list[Pregunta] = []
        self.grupos: list[Grupo] = []
        self.archivos: dict[str, Lista] = {}
        self.abiertos: list[_Abierto] = []
        self.filas: dict[str, Fila] = {}
        self.listas: dict[str, ListaLeida] = {}
        self.listas_de: dict[str, str] = {}

    def compilar(self) -> Instrumento | None:
        if not self._hay_con_que():
            return None
        antes = len(self.notas.problemas)
        principal = idiomas.elegir(self.survey, self.choices, self.settings)
        if len(self.notas.problemas) > antes:
            return None  # sin saber en qué idioma está cada columna, todo lo demás parecería faltar
        self.idiomas = [idioma for idioma in idiomas.nombrados(self.survey, self.choices) if idioma != principal]
        ajuste = self._ajustes(principal)
        self.listas = opciones.leer(self.choices, self.idiomas)
        for fila in self.survey.filas:
            self._fila(fila)
        for abierto in self.abiertos:
            cierre = "end_repeat" if abierto.repite else "end_group"
            que_pasa = f"El grupo «{abierto.grupo.clave}» no se cierra."
            self.survey.problema(abierto.fila, "tipo", que_pasa, f"Agregue una fila {cierre} donde termina.")
        if self.notas.problemas:
            return None
        instrumento = self._armar(ajuste)
        if not en_su_lugar.defectos_de(instrumento, self):
            en_su_lugar.avisos_de(instrumento, self)
        return None if self.notas.problemas else instrumento

    def _hay_con_que(self) -> bool:
        if not self.survey.filas:
            hojas = ", ".join(f"«{n}»" for n in self.libro.nombres) or "ninguna"
            que_escribir = f"Ponga las preguntas en una hoja llamada survey (las que hay: {hojas})."
            self.survey.problema(None, None, "No hay preguntas.", que_escribir)
            return False
        for campo, columna in (("tipo", "type"), ("clave", "name")):
            if self.survey.encabezado(campo) is None:
                que_pasa = f"La hoja survey no tiene la columna {columna}."
                self.survey.en_encabezado(columna, que_pasa, "Agréguela en la primera fila.")
        if "entities" in self.libro.hojas and self.libro.hojas["entities"].filas:
            sobra = Problema("entities", None, None, "Esta hoja no se admite: no hay entidades.", "Bórrela.")
            self.notas.problemas.append(sobra)
        if len(self.survey.filas) > 2 * PREGUNTAS_MAXIMAS:
            self.survey.problema(None, None, f"Son más de {PREGUNTAS_MAXIMAS} preguntas.", "Haga dos encuestas.")
        return not self.notas.problemas

    def _ajustes(self, principal: str | None) -> dict[str, Any]:
        if self.settings.filas:
            self.settings.rechazadas(self.settings.filas[0])
        return {**ajustes.leer(self.settings, self.nombre), "idioma": principal}

    # --- Las filas ---------------------------------------------------------------------------------------------------

    def _fila(self, fila: Fila) -> None:
        escrito = self.survey.texto(fila, "tipo")
        if escrito is None:
            if self.survey.texto(fila, "clave") or self.survey.texto(fila, "texto"):
                self.survey.problema(fila, "tipo", "La fila no dice su tipo.", f"Escriba uno: {tipos.ADMITIDOS}.")
            else:
                self.survey.aviso(fila, "tipo", "La fila no dice su tipo y se salta, como un comentario.", "")
            return
        tipo = tipos.entender(escrito)
        if isinstance(tipo, str):
            que_pasa = f"El tipo «{escrito}» no se admite."
            self.survey.problema(fila, "tipo", que_pasa, tipo, se_quita=tipo in tipos.SE_QUITAN)
            return
        if tipo.tipo.startswith("fin_"):
            self._cerrar(fila, tipo.tipo == "fin_repeticion")
            return
        self.survey.rechazadas(fila)
        clave = self._clave(fila, tipo.tipo)
        if clave is None:
            if tipo.tipo in ("grupo", "repeticion"):  # se abre de todos modos: su cierre no es otro problema
                self.abiertos.append(_Abierto(Grupo(f"fila {fila.numero}"), fila, tipo.tipo == "repeticion"))
            return
        celdas = Celdas(self.survey, fila)
        if tipo.tipo in ("grupo", "repeticion"):
            self._abrir(fila, clave, celdas, tipo.tipo == "repeticion")
        else:
            self._pregunta(fila, clave, celdas, tipo)

    def _clave(self, fila: Fila, tipo: str) -> str | None:
        clave = self.survey.texto(fila, "clave")
        if clave is None and tipo == "nota":
            clave = f"nota_{fila.numero}"
        if clave is None:
            self.survey.problema(fila, "clave", "Falta el nombre.", "Escriba en name una palabra corta, sin espacios.")
        elif clave in self.filas:
            que_pasa = f"El nombre «{clave}» ya está en la fila {self.filas[clave].numero}."
            self.survey.problema(fila, "clave", que_pasa, "Póngale otro: en toda la encuesta cada nombre va una vez.")
        else:
            self.filas[clave] = fila
            return clave
        return None

    def _abrir(self, fila: Fila, clave: str, celdas: Celdas, repite: bool) -> None:
        celdas.solo("texto", "relevante", "apariencia", "veces", "minimo", "maximo", que="un grupo")
        traducciones = self.survey.traducciones(fila, ["texto"], self.idiomas)
        texto = self.survey.texto(fila, "texto") or ""
        grupo = Grupo(
            clave,
            texto,
            padre=self.abiertos[-1].grupo.clave if self.abiertos else None,
            relevante=celdas.expresion("relevante"),
            repite=repite,
            veces=celdas.expresion("veces"),
            minimo=celdas.entero("minimo"),
            maximo=celdas.entero("maximo"),
            apariencia=celdas.apariencia(),
            traducciones=_mapas(traducciones if texto else {}),
        )
        self.abiertos.append(_Abierto(grupo, fila, repite))

    def _cerrar(self, fila: Fila, repite: bool) -> None:
        if not self.abiertos or self.abiertos[-1].repite != repite:
            abierto = self.abiertos[-1] if self.abiertos else None
            que_pasa = (
                f"Aquí se cierra otra cosa: está abierto «{abierto.grupo.clave}», de la fila {abierto.fila.numero}."
                if abierto
                else "Aquí se cierra un grupo que no se abrió."
            )
            self.survey.problema(
                fila, "tipo", que_pasa, "Cada begin_group lleva su end_group; cada begin_repeat, su end_repeat."
            )
            if abierto is None:
                return
        cerrado = self.abiertos.pop()
        if all(g.clave != cerrado.grupo.clave for g in self.grupos):
            self.survey.aviso(cerrado.fila, None, f"El grupo «{cerrado.grupo.clave}» está vacío y se quita.", "")

    def _pregunta(self, fila: Fila, clave: str, celdas: Celdas, tipo: tipos.Tipo) -> None:
        que_es = {
            "texto": self.survey.texto(fila, "texto") or "",
            "ayuda": self.survey.texto(fila, "ayuda"),
            "mensaje_restriccion": self.survey.texto(fila, "mensaje_restriccion"),
            "mensaje_obligatoria": self.survey.texto(fila, "mensaje_obligatoria"),
        }
        pregunta = Pregunta(
            clave,
            tipo.tipo,
            **que_es,  # type: ignore[arg-type]
            grupo=self.abiertos[-1].grupo.clave if self.abiertos else None,
            opciones=tuple(self._opciones(fila, tipo)),
            archivo=self._archivo(fila, celdas, tipo),
            relevante=celdas.expresion("relevante"),
            obligatoria=celdas.si_o_expresion("obligatoria"),
            restriccion=celdas.expresion("restriccion"),
            calculo=celdas.expresion("calculo"),
            omision=celdas.omision(tipo.tipo),
            filtro=celdas.expresion("filtro"),
            solo_lectura=celdas.si_o_no("solo_lectura"),
            apariencia=celdas.apariencia(),
            privada=celdas.si_o_no("privada"),
            **celdas.parametros(tipo),
            modulo=celdas.texto("modulo"),
            correcta=celdas.texto("correcta"),
            explicacion=celdas.texto("explicacion"),
            demografica=celdas.texto("demografica"),
            solo_si=celdas.texto("solo_si"),
            sensibilidad=celdas.texto("sensibilidad"),
            indicador=celdas.texto("indicador"),
            maximo=celdas.entero("maximo"),
            traducciones=_mapas(self._traducciones(fila, que_es)),
        )
        celdas.sobra("veces", "minimo", que="una pregunta")
        pregunta = replace(pregunta, omision=_omision(pregunta))
        pregunta = replace(pregunta, publicacion=_publicacion(pregunta, celdas.texto("publicacion")))
        if pregunta.privada and pregunta.maximo is None:
            pregunta = replace(pregunta, maximo=MAXIMO_PRIVADO)
        if tipo.lista is not None:
            self.listas_de[clave] = tipo.lista
        self._agregar(pregunta)
        if tipo.otra:
            self._cual(fila, pregunta)

    def _traducciones(self, fila: Fila, principales: Mapping[str, str | None]) -> dict[str, dict[str, str]]:
        campos = [*principales, "explicacion"]
        traducciones = self.survey.traducciones(fila, campos, self.idiomas)
        for idioma, textos in traducciones.items():
            for campo in textos:
                if not principales.get(campo) and self.survey.texto(fila, campo) is None:
                    que_pasa = f"Está escrito en «{idioma}» y no en el idioma principal."
                    que_escribir = "Escríbalo también en el principal, o cambie default_language en settings."
                    self.survey.problema(fila, campo, que_pasa, que_escribir, idioma=idioma)
        return traducciones

    def _agregar(self, pregunta: Pregunta) -> None:
        """Los grupos entran al modelo con su primera pregunta: los vacíos no entran."""
        conocidos = {grupo.clave for grupo in self.grupos}
        self.grupos += [a.grupo for a in self.abiertos if a.grupo.clave not in conocidos]
        self.preguntas.append(pregunta)

    # --- Las opciones ------------------------------------------------------------------------------------------------

    def _opciones(self, fila: Fila, tipo: tipos.Tipo) -> list[Opcion]:
        if tipo.lista is None:
            return []
        lista = self.listas.get(tipo.lista, ListaLeida())
        if not lista.opciones:
            hay = ", ".join(f"«{nombre}»" for nombre in list(self.listas)[:20]) or "ninguna"
            que_pasa = f"La lista «{tipo.lista}» no está en la hoja choices."
            self.survey.problema(fila, "tipo", que_pasa, f"Agréguela, o use una de estas: {hay}.")
        if tipo.otra and all(opcion.clave != OTRA for opcion in lista.opciones):
            return [*lista.opciones, Opcion(OTRA, _TEXTO_OTRA)]
        return lista.opciones

    def _cual(self, fila: Fila, pregunta: Pregunta) -> None:
        """La pregunta que agrega ``or_other``: lo que se escribe es privado."""
        clave = f"{pregunta.clave}_other"
        if clave in self.filas or pregunta.filtro:
            que_pasa = f"«or_other» agrega una pregunta «{clave}», y no va con choice_filter."
            self.survey.problema(fila, "tipo", que_pasa, "Quite or_other y escriba la opción y la pregunta a mano.")
            return
        self.filas[clave] = fila
        relevante = f"selected(${{{pregunta.clave}}}, '{OTRA}')"
        self.preguntas.append(
            Pregunta(
                clave,
                "texto",
                _CUAL,
                privada=True,
                maximo=MAXIMO_PRIVADO,
                grupo=pregunta.grupo,
                relevante=relevante,
                indicador=pregunta.indicador,
            )
        )

    def _archivo(self, fila: Fila, celdas: Celdas, tipo: tipos.Tipo) -> str | None:
        if tipo.archivo is None:
            return None
        columnas = celdas.columnas_de_archivo()
        lista = opciones.de_archivo(tipo.archivo, self.adjuntos, *columnas)
        if isinstance(lista, str):
            que_escribir = "Súbalo junto con la encuesta, o ponga las opciones en la hoja choices."
            self.survey.problema(fila, "tipo", f"{lista}.", que_escribir)
            return None
        anterior = self.archivos.setdefault(tipo.archivo, lista)
        if anterior != lista:
            que_pasa = f"«{tipo.archivo}» se usa dos veces con columnas distintas."
            self.survey.problema(fila, "parametros", que_pasa, "Use las mismas en value y label.")
        return tipo.archivo

    # --- Al final ----------------------------------------------------------------------------------------------------

    def _armar(self, ajuste: dict[str, Any]) -> Instrumento:
        contestables = sum(pregunta.con_campo for pregunta in self.preguntas)
        minutos = max(1, round(contestables * SEGUNDOS_POR_PREGUNTA / 60))
        fila = self.settings.filas[0] if self.settings.filas else None
        traducciones = self.settings.traducciones(fila, ("titulo", "intro", "cierre"), self.idiomas) if fila else {}
        principales = {**ajuste}
        limpias = {i: {c: t for c, t in x.items() if principales.get(c)} for i, x in traducciones.items()}
        return Instrumento(
            **{"minutos": minutos, **ajuste},
            preguntas=tuple(self.preguntas),
            grupos=tuple(self.grupos),
            listas=tuple(self.archivos.values()),
            idiomas=tuple(self.idiomas),
            traducciones=_mapas(limpias),
        )


def _omision(pregunta: Pregunta) -> str | None:
    """Un valor de inicio fijo, en su forma canónica; si no se admite queda como está y se dice después."""
    if pregunta.omision is None or formulas.es_dinamica(pregunta.omision) or pregunta.tipo not in _NORMALIZABLES:
        return pregunta.omision
    try:
        return uno(pregunta, [pregunta.omision])
    except (ValueError, InvalidOperation):
        return pregunta.omision


_NORMALIZABLES = ("entero", "decimal", "fecha", "hora", "punto", "rango")


def _publicacion(pregunta: Pregunta, escrita: str | None) -> str | None:
    """En la hoja se dice «si» para publicar; en el modelo eso es no decir nada, y lo que no se dice es «no»."""
    if pregunta.tipo not in ("una", "varias"):
        return None if escrita in (None, "no") else escrita
    if escrita is None or escrita.lower() == "no":
        return "no"
    if escrita.lower() in ("si", "sí", "yes"):
        return None if len(pregunta.opciones) <= OPCIONES_PUBLICABLES else "si"
    return "; ".join(
        " | ".join(" ".join(categoria.split()) for categoria in peldano.split("|"))
        for peldano in re.split(r";", escrita)
    )


def _mapas(traducciones: Mapping[str, Mapping[str, str]]) -> Mapa:
    return Mapa({idioma: Mapa(textos) for idioma, textos in traducciones.items()})
