"""Los filtros de fechas, cantidades y plurales que usan las plantillas (la regla está en ``recoleccion.fechas``)."""

from flask import Blueprint

from recoleccion.fechas import FILTROS, horario


def registrar(bp: Blueprint) -> None:
    """Deja los filtros a la mano de toda la aplicación que registre este blueprint."""
    for nombre, funcion in FILTROS.items():
        bp.add_app_template_filter(funcion, nombre)
    bp.add_app_template_global(horario, "horario")
