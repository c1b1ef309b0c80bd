"""Cohorts: many patients at once as dataframes, answered as one by one.

A plan says of a frame which rows its columns say everything about; those are judged by the columnar
interpreter, at the speed of the dataframe engine. All others are read and judged like the rows of a
CSV file. Both give one answer.
"""
