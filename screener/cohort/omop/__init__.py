"""Patients in the tables of OMOP, the Common Data Model 5.4, as records of facts.

What a row stands for is told by the codes of its concepts, as with FHIR; what that comes to, the
tables of records say. Source: https://ohdsi.github.io/CommonDataModel/cdm54.html.
"""
