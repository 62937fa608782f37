"""Lo que se revisa de una oficina, en renglones que cualquiera entiende: para ``jornada verificar`` y el panel.

No cambia nada. ``oficina``: lo que dice la base. ``equipo``: lo de esta computadora (llaves, disco, respaldos).
"""
