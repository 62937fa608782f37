"""Los informes, puros: de las cuentas a los datos de un informe (un JSON y nada más) y de los datos a lo que se lee.

La página, el PDF y el XLSX salen de esos datos; por eso no pueden decir cosas distintas ([README](README.md)).
"""
